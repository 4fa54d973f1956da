// Answers that got lost, on SQLite.
import { startApp } from '../../support/app.ts';
import { lostAnswerCases } from './lost-answer-cases.ts';

lostAnswerCases('SQLite', startApp);
