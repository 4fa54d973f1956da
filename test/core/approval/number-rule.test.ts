// What the chosen number decides (security.md G4): a wrong one counts as a denial, is recorded, and is told
// to the phone.
import { describe, expect, it } from 'vitest';
import { createNumberRule, type NumberRuleDeps } from '../../../src/core/approval/number-rule.ts';
import { freshTicket } from '../ticket/ticket-fixture.ts';

function open() {
  const seen: string[] = [];
  const audit = {
    ticketDenied: async (_: unknown, facts: { reason: string }) => void seen.push(`audit ${facts.reason}`),
  };
  const rule = createNumberRule({
    audit: audit as unknown as NumberRuleDeps['audit'],
    noteDecision: async (_, outcome) => void seen.push(`noted ${outcome}`),
  });
  return { rule, seen };
}

describe('the number that a phone chose', () => {
  it('G4 was right: the approval is noted', async () => {
    const { rule, seen } = open();
    await rule(freshTicket({ state: 'approved' }));
    expect(seen).toEqual(['noted approved']);
  });

  it('G4 was wrong: the denial is recorded and noted, and the phone hears of it', async () => {
    const { rule, seen } = open();
    await expect(rule(freshTicket({ state: 'denied' }))).rejects.toMatchObject({ code: 'number_wrong' });
    expect(seen).toEqual(['audit number_wrong', 'noted denied']);
  });
});
