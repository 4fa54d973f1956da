// One operation of the phone API: the row of kit/operation.ts, and what it does for the device that calls.
// A change is signed by the device key (DPoP, RFC 9449). Reading needs only the cookie or the access token.
import type { z } from 'zod';
import type { Context } from '../kit/context.ts';
import type { SignedInDevice } from '../kit/identity.ts';
import type { Operation, OperationAnswer } from '../kit/operation.ts';

/** What `run` receives. `body` has passed the row's schema. */
export type PhoneCall<Body> = { readonly ctx: Context; readonly caller: SignedInDevice; readonly body: Body };

export type PhoneOperation = Operation & {
  /** Counts the request against a limit, before its body is read. @throws HttpError `rate_limited` */
  readonly limit?: (ctx: Context, caller: SignedInDevice) => Promise<void>;
  /** @returns the body of the answer; nothing for 204 */
  readonly run: (call: PhoneCall<never>) => Promise<unknown>;
};

type Row<Body extends z.ZodType, Answer extends z.ZodType | undefined> = Omit<
  PhoneOperation,
  'body' | 'answer' | 'run'
> & {
  readonly body?: Body;
  readonly answer: Omit<OperationAnswer, 'schema'> & { readonly schema?: Answer };
  readonly run: (call: PhoneCall<z.infer<Body>>) => Promise<Answer extends z.ZodType ? z.input<Answer> : void>;
};

/** Checks at compile time that `run` takes the row's body and returns the row's answer. */
export const phoneOperation = <
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType | undefined = undefined,
>(
  row: Row<Body, Answer>,
): PhoneOperation => row as PhoneOperation;

/** Changes are proved by the device key. */
export const isChange = ({ method }: Pick<Operation, 'method'>): boolean => method !== 'get';
