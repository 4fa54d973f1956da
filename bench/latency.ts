export async function measureLatency(_: { isQuick: boolean }): Promise<object> { return {}; }
