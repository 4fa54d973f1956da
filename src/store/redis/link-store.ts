// LinkStore over Redis: one JSON string per link with a TTL, a pointer by the digest of its secret, and an
// index per purpose ordered by bytes. An index entry counts only while the record agrees.
import type { Clock } from '../../clock.ts';
import type { Link, LinkPurpose } from '../../core/link/link.ts';
import { type LinkStore, linkPosition } from '../../core/link/link-store.ts';
import type { Connection } from './connection.ts';
import { keyCell, parseDocument, updateDocument } from './documents.ts';
import type { Keys } from './keys.ts';
import { ttlUntil } from './time-to-live.ts';

/**
 * Only invitations are listed. Of the other purposes there is one link per account or in all, with a known
 * id.
 */
const isListed = (purpose: LinkPurpose): boolean => purpose === 'invitation';
/** How often a page reads on when entries have no record any more. */
const maxLooks = 4;

export function createLinkStore(deps: { connection: Connection; keys: Keys; clock: Clock }): LinkStore {
  const { connection, keys, clock } = deps;
  const { run } = connection;
  const isLive = (link: Link): boolean => link.expiresAt > clock();

  async function find(id: string): Promise<Link | null> {
    const link = parseDocument<Link>(await run((redis) => redis.get(keys.link(id))));
    return link && isLive(link) ? link : null;
  }

  /**
   * Loads the link of an index entry. Null, and the entry is removed, when it has expired or was replaced.
   */
  async function load(purpose: LinkPurpose, position: string): Promise<Link | null> {
    const link = await find(position.slice(position.indexOf('\u0000') + 1));
    if (link && linkPosition(link) === position) return link;
    await run((redis) => redis.zrem(keys.linksOfPurpose(purpose), position));
    return null;
  }

  return {
    async put(link) {
      const { id, purpose, secretHash, expiresAt } = link;
      const ttl = ttlUntil(expiresAt, clock());
      // The record is written first: readers remove index entries without a record.
      await run((redis) => redis.set(keys.link(id), JSON.stringify(link), 'EX', ttl));
      await run((redis) =>
        Promise.all([
          redis.set(keys.linkBySecret(secretHash), id, 'EX', ttl),
          isListed(purpose) && redis.addMember(keys.linksOfPurpose(purpose), 0, linkPosition(link), ttl),
        ]),
      );
    },
    find,
    async findBySecret(secretHash) {
      const id = await run((redis) => redis.get(keys.linkBySecret(secretHash)));
      const link = id === null ? null : await find(id);
      return link?.secretHash === secretHash ? link : null;
    },
    update: (id, change) => updateDocument(keyCell(connection, keys.link(id)), change, isLive),
    async delete(id) {
      const link = parseDocument<Link>(await run((redis) => redis.getdel(keys.link(id))));
      if (!link) return false;
      await run((redis) =>
        Promise.all([
          redis.deleteIf(keys.linkBySecret(link.secretHash), id),
          isListed(link.purpose) && redis.zrem(keys.linksOfPurpose(link.purpose), linkPosition(link)),
        ]),
      );
      return isLive(link);
    },
    async page({ purpose, after, limit }) {
      const links: Link[] = [];
      let cursor = after ?? null;
      for (let looks = 0; looks < maxLooks; looks++) {
        const max = cursor === null ? '+' : `(${cursor}`;
        const positions = await run((redis) =>
          redis.zrevrangebylex(keys.linksOfPurpose(purpose), max, '-', 'LIMIT', 0, limit + 1),
        );
        const loaded = await Promise.all(positions.map((position) => load(purpose, position)));
        for (const [i, link] of loaded.entries()) {
          if (link && links.length === limit) return { links, cursor };
          if (link) links.push(link);
          cursor = positions[i] ?? cursor;
        }
        if (positions.length <= limit) return { links, cursor: null };
      }
      return { links, cursor };
    },
  };
}
