// Logos that apps provide, in SQLite. On Redis: provided-logos-redis.test.ts.
import { openInMemory } from '../../store/conformance/in-memory.ts';
import { describeProvidedLogos } from './provided-logo-cases.ts';

describeProvidedLogos('SQLite', openInMemory);
