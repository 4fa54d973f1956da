// A node in a process of its own whose clock a test moves: started as main.ts is, told over IPC what time
// it is and when to rotate its keys. The libraries inside read the same clock.
import { openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/config.ts';
import { loadSecrets } from '../../src/config/secrets.ts';
import { createLog } from '../../src/log.ts';

export type ClockedNodeOrder = { readonly shiftSeconds: number; readonly rotate: boolean };

let shiftSeconds = 0;
const realNow = Date.now;
Date.now = () => realNow() + shiftSeconds * 1000;

const configFile = process.env.TESSERA_CONFIG ?? '';
const config = await loadConfig(configFile, process.env);
const app = await openApp({
  config,
  secrets: loadSecrets({ config, configFile, env: process.env, onNotice: () => undefined }),
  log: createLog(config),
});
await app.listen();

/** The timer that looks for keys runs on real time, so it looks whenever time passed. */
process.on('message', async (order: ClockedNodeOrder) => {
  shiftSeconds = order.shiftSeconds;
  if (order.rotate) await app.signingKeys.rotate({ immediately: false });
  await app.oidc.followKeys();
  process.send?.(await app.signingKeys.list());
});
// The test that started it is gone.
process.once('disconnect', () => process.exit(0));
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
