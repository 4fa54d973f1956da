// Initial access tokens in SQLite. On Redis: registrations-redis.test.ts.
import { openInMemory } from '../../store/conformance/in-memory.ts';
import { describeInitialTokens } from './registration-cases.ts';

describeInitialTokens('SQLite', openInMemory);
