// Preloaded into a measured server (--import). It collects garbage on SIGUSR2, so that memory before and
// after can be compared.
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  globalThis.gc?.();
});
