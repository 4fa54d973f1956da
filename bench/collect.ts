// Loaded into a measured server (--import): on SIGUSR2 it collects garbage, so that memory before and after can be compared.
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  globalThis.gc?.();
});
