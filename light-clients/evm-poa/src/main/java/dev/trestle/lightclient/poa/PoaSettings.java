package dev.trestle.lightclient.poa;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;

/**
 * What stays the same for the life of a client. Canonical bytes: {@code u8 version = 1 | text chain
 * | u8 consensus | u64 epochLength | bool skipping | u16 depth | u64 trustingPeriodSeconds}.
 *
 * @param chain CAIP-2 id
 * @param epochLength blocks between the blocks at which open votes end
 * @param skipping whether a header may leave out those before it when more than a third of the
 *     trusted validators sealed it; BFT only, and only where they use their keys for no other chain
 * @param depth headers that must stand on top of one before it is taken; Clique only, never fewer
 *     than there are signers
 * @param trustingPeriodSeconds after which a client without update is not trusted any more
 */
public record PoaSettings(
    ChainId chain,
    Consensus consensus,
    long epochLength,
    boolean skipping,
    int depth,
    long trustingPeriodSeconds) {
  /** How the chain agrees on blocks. */
  public enum Consensus {
    QBFT(1),
    IBFT2(2),
    CLIQUE(3);

    private final int code;

    Consensus(int code) {
      this.code = code;
    }

    static Consensus byCode(int code) {
      for (Consensus consensus : values()) {
        if (consensus.code == code) {
          return consensus;
        }
      }
      throw new DecodeException("no consensus number " + code);
    }

    boolean isClique() {
      return this == CLIQUE;
    }

    BftExtraData.Dialect dialect() {
      return switch (this) {
        case QBFT -> BftExtraData.Dialect.QBFT;
        case IBFT2 -> BftExtraData.Dialect.IBFT2;
        case CLIQUE -> throw new IllegalStateException("Clique is not BFT");
      };
    }
  }

  /** Blocks; so that the open votes of an epoch have a bound. */
  public static final long MAX_EPOCH_LENGTH = 65_535;

  /** Headers on top of one. */
  public static final int MAX_DEPTH = 200;

  /** A year. */
  public static final long MAX_TRUSTING_PERIOD = 365L * 86_400;

  private static final int VERSION = 1;
  private static final int MAX_CHAIN_TEXT = 41;

  public PoaSettings {
    if (epochLength < 1 || epochLength > MAX_EPOCH_LENGTH) {
      throw new IllegalArgumentException("an epoch of " + epochLength + " blocks");
    }
    if (depth < 0 || depth > MAX_DEPTH || (depth > 0) != consensus.isClique()) {
      throw new IllegalArgumentException("a depth of " + depth);
    }
    if (skipping && consensus.isClique()) {
      throw new IllegalArgumentException("Clique headers cannot be skipped");
    }
    if (trustingPeriodSeconds < 1 || trustingPeriodSeconds > MAX_TRUSTING_PERIOD) {
      throw new IllegalArgumentException("trusting period out of (0, 1 year]");
    }
  }

  void write(CanonicalWriter out) {
    out.u8(VERSION).text(chain.toString()).u8(consensus.code).u64(epochLength);
    out.bool(skipping).u16(depth).u64(trustingPeriodSeconds);
  }

  static PoaSettings read(CanonicalReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("anchor version " + version);
    }
    return new PoaSettings(
        ChainId.parse(in.text(MAX_CHAIN_TEXT)),
        Consensus.byCode(in.u8()),
        in.u64(),
        in.bool(),
        in.u16(),
        in.u64());
  }

  boolean isEpochBlock(long number) {
    return number % epochLength == 0;
  }
}
