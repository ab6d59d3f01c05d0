package dev.trestle.lightclient;

import dev.trestle.base.Bytes;

/**
 * A claim that a light client has verified.
 *
 * @param path as claimed
 * @param value as claimed; empty for a proof of absence
 * @param block the block in which it stands, on the best chain
 * @param confirmations blocks on top of and including {@code block}; {@link #FINAL} where the
 *     family knows only final headers
 */
public record ProvenFact(Bytes path, Bytes value, HeaderRef block, long confirmations) {
  /** More confirmations than any policy can ask for. */
  public static final long FINAL = Long.MAX_VALUE;
}
