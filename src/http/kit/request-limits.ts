// How often a caller may do what is costly or could be guessed (security.md G1, G2, G5). Each rule has one
// name, one budget and one key.
import type { LimitRule, Limits } from '../../core/limit/limit.ts';

export type RequestLimitRules = {
  readonly ticketCreationPerAddress: LimitRule;
  readonly ticketCreationPerClient: LimitRule;
  readonly recentTicketsPerAddress: LimitRule;
  readonly claimPerAddress: LimitRule;
  readonly claimPerDevice: LimitRule;
  readonly typedCodePerAddress: LimitRule;
  readonly typedCodePerAccount: LimitRule;
  readonly authorizationPerAddress: LimitRule;
  readonly linkPerAddress: LimitRule;
  readonly tokenPerAddress: LimitRule;
  readonly passkeyPerAddress: LimitRule;
  readonly signUpPerAddress: LimitRule;
  readonly resetPerAddress: LimitRule;
};

export type RequestLimits = ReturnType<typeof createRequestLimits>;

/** @throws AppError `rate_limited` with `retryAfterSeconds`, by every method that counts */
export function createRequestLimits({ limits, rules }: { limits: Limits; rules: RequestLimitRules }) {
  return {
    /** Counts per address and client, so that a flood at one relying party leaves the others alone. */
    async ticketCreation(address: string, clientId: string): Promise<void> {
      await limits.use(rules.ticketCreationPerAddress, `${address} ${clientId}`);
      await limits.use(rules.ticketCreationPerClient, clientId);
      await limits.add(rules.recentTicketsPerAddress, address);
    },
    /** Tickets that were shown to an address in the last ten minutes. The risk rules read it. */
    recentTickets: (address: string): Promise<number> => limits.count(rules.recentTicketsPerAddress, address),
    async claim(address: string, deviceId: string): Promise<void> {
      await limits.use(rules.claimPerDevice, deviceId);
      await limits.use(rules.claimPerAddress, address);
    },
    /**
     * Counts a typed user code before it is looked up, so that parallel guesses count too.
     * @returns a function that gives the attempt back, for a code that was right
     */
    async typedCode(address: string, accountId: string): Promise<() => Promise<void>> {
      await limits.use(rules.typedCodePerAccount, accountId);
      await limits.use(rules.typedCodePerAddress, address);
      return async () => {
        await limits.giveBack(rules.typedCodePerAccount, accountId);
        await limits.giveBack(rules.typedCodePerAddress, address);
      };
    },
    authorization: (address: string): Promise<void> => limits.use(rules.authorizationPerAddress, address),
    /** Counts uses of single-use links, and visits to links that do not exist. */
    link: (address: string): Promise<void> => limits.use(rules.linkPerAddress, address),
    /** Counts the options that were asked for, and the answers to them. */
    passkey: (address: string): Promise<void> => limits.use(rules.passkeyPerAddress, address),
    /** Counts new accounts, and mails that lead to one. */
    signUp: (address: string): Promise<void> => limits.use(rules.signUpPerAddress, address),
    /** Counts mails that lead to a new password. */
    reset: (address: string): Promise<void> => limits.use(rules.resetPerAddress, address),
    token: (address: string): Promise<void> => limits.use(rules.tokenPerAddress, address),
  };
}
