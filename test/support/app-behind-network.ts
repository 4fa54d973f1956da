// A provider whose public address is a network that fails on purpose (faulty-network.ts).
import { startApp } from './app.ts';
import { startFaultyNetwork } from './faulty-network.ts';
import { freePort } from './free-port.ts';
import { createVirtualPhone } from './virtual-phone.ts';

export type AppBehindNetwork = Awaited<ReturnType<typeof startAppBehindNetwork>>;

/**
 * `issuer` is the address of the network, for browsers and phones. `direct` is the address of the provider
 * itself, which accepts no host but that of its issuer.
 * @param change as of startApp()
 */
export async function startAppBehindNetwork(change: Parameters<typeof startApp>[0] = {}) {
  const [outside, inside] = [await freePort(), await freePort()];
  const network = await startFaultyNetwork({ target: inside, port: outside });
  const http = { ...(change.http as object | undefined), port: inside };
  const app = await startApp({ ...change, issuer: network.origin, http });
  return {
    ...app,
    network,
    issuer: network.origin,
    direct: `http://localhost:${inside}`,
    /** A phone signed in as one of the demo accounts, whose requests pass the network too. */
    async phone(username = 'alice') {
      const phone = createVirtualPhone({ issuer: network.origin });
      await phone.signIn(username, `tessera-demo-${username}`);
      return phone;
    },
    async stop() {
      await network.close();
      await app.stop();
    },
  };
}
