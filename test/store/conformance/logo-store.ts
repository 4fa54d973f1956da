// LogoStore, held to the words of its port.
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Logo } from '../../../src/core/client/logo.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

export function logoStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: logos`, () => {
    const fixture = useStore(open);
    const logos = () => fixture.opened.store.logos;
    const picture = (body = randomBytes(1000)): Logo => ({
      hash: createHash('sha256').update(body).digest('hex'),
      type: 'image/png',
      body,
    });

    it('keeps a picture byte for byte, with its type, for other processes too', async () => {
      const logo = picture();
      expect(await logos().find(logo.hash)).toBeNull();
      await logos().put('a', logo);
      const [, other] = await fixture.both();
      for (const store of [fixture.opened.store, other]) expect(await store.logos.find(logo.hash)).toEqual(logo);
    });

    it('holds a picture for as long as one copy of it is there', async () => {
      const [logo, unrelated] = [picture(), picture()];
      for (const copy of ['a', 'a', 'b']) await logos().put(copy, logo);
      await logos().put('a', unrelated);
      await logos().delete(logo.hash, 'a');
      await logos().delete(logo.hash, 'never put');
      expect(await logos().find(logo.hash)).toEqual(logo);
      await logos().delete(logo.hash, 'b');
      expect(await logos().find(logo.hash)).toBeNull();
      expect(await logos().find(unrelated.hash)).toEqual(unrelated);
    });

    it('never takes a picture away from one who put it, whoever deletes theirs at that moment', async () => {
      const stores = await fixture.both();
      const logo = picture();
      await fifty(stores, async ({ logos: store }, index) => {
        await store.put(`copy ${index}`, logo);
        if (index !== 7) await store.delete(logo.hash, `copy ${index}`);
        else expect(await store.find(logo.hash)).toEqual(logo);
      });
      expect(await logos().find(logo.hash)).toEqual(logo);
      await logos().delete(logo.hash, 'copy 7');
      expect(await logos().find(logo.hash)).toBeNull();
    });
  });
}
