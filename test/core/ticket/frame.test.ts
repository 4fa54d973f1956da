import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  frameAcceptedSeconds,
  issueFrame,
  judgeFrameAge,
  parseFrame,
  slotAt,
  verifyFrame,
} from '../../../src/core/ticket/frame.ts';

const key = randomBytes(32);
const handle = randomBytes(16).toString('base64url');

describe('a frame', () => {
  it('carries handle, slot and mac, and verifies under its own key only', () => {
    const text = issueFrame(key, handle, 7);
    const frame = parseFrame(text);
    expect(frame).toMatchObject({ handle, slot: 7 });
    verifyFrame(key, frame);
    expect(() => verifyFrame(randomBytes(32), frame)).toThrow(expect.objectContaining({ code: 'ticket_not_found' }));
    expect(() => verifyFrame(key, { ...frame, slot: 8 })).toThrow(
      expect.objectContaining({ code: 'ticket_not_found' }),
    );
  });

  it('B14 is accepted for 30 seconds from its slot, then refused as stale', () => {
    const frame = parseFrame(issueFrame(key, handle, slotAt(1000, 1012)));
    expect(frame.slot).toBe(2);
    expect(judgeFrameAge(frame, 1000, 1010 + frameAcceptedSeconds)).toBe(30);
    expect(() => judgeFrameAge(frame, 1000, 1011 + frameAcceptedSeconds)).toThrow(
      expect.objectContaining({ code: 'frame_stale' }),
    );
    expect(() => judgeFrameAge({ ...frame, slot: 100 }, 1000, 1010)).toThrow(
      expect.objectContaining({ code: 'frame_stale' }),
    );
  });

  it.each([
    [-6, 'frame_stale'],
    [-5, 0],
    [-1, 0],
    [0, 0],
    [1, 1],
    [29, 29],
    [30, 30],
    [31, 'frame_stale'],
  ])('B14 of %s seconds: %s', (ageSeconds, expected) => {
    const judge = () => judgeFrameAge({ handle, slot: 100, mac: '' }, 1000, 1500 + ageSeconds);
    if (typeof expected === 'number') expect(judge()).toBe(expected);
    else expect(judge).toThrow(expect.objectContaining({ code: expected }));
  });

  it.each([
    [999, 0],
    [1000, 0],
    [1004, 0],
    [1005, 1],
    [1009, 1],
    [1010, 2],
  ])('a ticket of second 1000 shows at %s the slot %s', (now, slot) => expect(slotAt(1000, now)).toBe(slot));

  it.each([
    '',
    'x',
    `${handle}.1`,
    `${handle}.01.aaaaaaaaaaa`,
    `${handle}.-1.aaaaaaaaaaa`,
    `${handle}.1.aaaa`,
    `${handle}x.1.aaaaaaaaaaa`,
    '../../etc',
    `${handle}.1.aaaaaaaaaaa\n`,
  ])('refuses %j as unknown', (text) => {
    expect(() => parseFrame(text)).toThrow(expect.objectContaining({ code: 'ticket_not_found' }));
  });
});
