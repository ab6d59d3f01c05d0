package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.time.Instant;

/**
 * What the state keeps of a verified header.
 *
 * @param appHash root of the stores after the block before: 32 bytes where it is the root of ICS-23
 *     stores, 1 to {@link Header#MAX_APP_HASH} whatever the application is
 */
record KnownHeader(
    long height, Hash32 hash, Instant time, Bytes appHash, Hash32 nextValidatorsHash) {
  private static final int NANOS = 999_999_999;

  /**
   * @throws IllegalArgumentException see {@link #check}
   */
  static KnownHeader of(Header header) {
    check(header);
    return new KnownHeader(
        header.height(),
        header.hash(),
        header.time(),
        header.appHash(),
        new Hash32(header.nextValidatorsHash()));
  }

  /**
   * Whether the state can keep the header, without hashing it.
   *
   * @throws IllegalArgumentException if there is no application hash (ICS-07 {@code
   *     ConsensusState.ValidateBasic}), that of the next validators is not 32 bytes, or the header
   *     is from before 1970
   */
  static void check(Header header) {
    if (header.time().isBefore(Instant.EPOCH)) {
      throw new IllegalArgumentException("a header from before 1970");
    }
    if (header.appHash().isEmpty()) {
      throw new IllegalArgumentException("a header without application hash");
    }
    if (header.nextValidatorsHash().size() != Hash32.SIZE) {
      throw new IllegalArgumentException("a header without the hash of the next validators");
    }
  }

  HeaderRef ref() {
    return new HeaderRef(height, hash, time.getEpochSecond());
  }

  TrustedHeader trusted(String chainId) {
    return new TrustedHeader(chainId, height, time, nextValidatorsHash.bytes());
  }

  /** See {@link Contradiction}. */
  boolean contradicts(KnownHeader other) {
    return Contradiction.between(height, hash, time, other.height, other.hash, other.time);
  }

  void write(CanonicalWriter out) {
    out.u64(height).hash(hash).u64(time.getEpochSecond()).u32(time.getNano());
    out.bytes(appHash).hash(nextValidatorsHash);
  }

  static KnownHeader read(CanonicalReader in) {
    long height = in.u64();
    Hash32 hash = in.hash();
    long seconds = in.u64();
    long nanos = in.u32();
    if (seconds > ProtoWriter.MAX_SECONDS || nanos > NANOS) {
      throw new DecodeException("a time of " + seconds + " seconds");
    }
    return new KnownHeader(
        height, hash, Instant.ofEpochSecond(seconds, nanos), appHash(in), in.hash());
  }

  private static Bytes appHash(CanonicalReader in) {
    Bytes appHash = in.bytes(Header.MAX_APP_HASH);
    if (appHash.isEmpty()) {
      throw new DecodeException("no application hash");
    }
    return appHash;
  }
}
