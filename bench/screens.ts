export async function measureScreens(_: { isQuick: boolean }): Promise<object> { return {}; }
