// How often a caller may do what costs or guesses (security.md G1, G2, G5). Each rule has one name, one budget, one key.
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

/** Each method @throws AppError `rate_limited` with `retryAfterSeconds`. */
export function createRequestLimits({ limits, rules }: { limits: Limits; rules: RequestLimitRules }) {
  return {
    /** Per address and client: a flood at one relying party leaves the others alone. */
    async ticketCreation(address: string, clientId: string): Promise<void> {
      await limits.use(rules.ticketCreationPerAddress, `${address} ${clientId}`);
      await limits.use(rules.ticketCreationPerClient, clientId);
      await limits.add(rules.recentTicketsPerAddress, address);
    },
    /** Tickets shown to an address in the last ten minutes, for risk. */
    recentTickets: (address: string): Promise<number> => limits.count(rules.recentTicketsPerAddress, address),
    async claim(address: string, deviceId: string): Promise<void> {
      await limits.use(rules.claimPerDevice, deviceId);
      await limits.use(rules.claimPerAddress, address);
    },
    /** A typed code, before it is looked up, so that parallel guesses count too. @returns gives it back: it was a right one */
    async typedCode(address: string, accountId: string): Promise<() => Promise<void>> {
      await limits.use(rules.typedCodePerAccount, accountId);
      await limits.use(rules.typedCodePerAddress, address);
      return async () => {
        await limits.giveBack(rules.typedCodePerAccount, accountId);
        await limits.giveBack(rules.typedCodePerAddress, address);
      };
    },
    authorization: (address: string): Promise<void> => limits.use(rules.authorizationPerAddress, address),
    /** Uses of single-use links, and looks at those that are none. */
    link: (address: string): Promise<void> => limits.use(rules.linkPerAddress, address),
    /** Questions put to a passkey, and answers. */
    passkey: (address: string): Promise<void> => limits.use(rules.passkeyPerAddress, address),
    /** New accounts, or mail that leads to one. */
    signUp: (address: string): Promise<void> => limits.use(rules.signUpPerAddress, address),
    /** Mail that leads to a new password. */
    reset: (address: string): Promise<void> => limits.use(rules.resetPerAddress, address),
    token: (address: string): Promise<void> => limits.use(rules.tokenPerAddress, address),
  };
}
