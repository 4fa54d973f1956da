// The rotation of refresh tokens on SQLite.
import { startApp } from '../support/app.ts';
import { refreshCases } from './refresh-cases.ts';

refreshCases('SQLite', () => startApp());
