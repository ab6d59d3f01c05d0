package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.ScaleReader;
import dev.trestle.lightclient.polkadot.ScaleWriter;
import java.util.List;

/**
 * A GRANDPA justification (Polkadot specification 6.5, {@code GrandpaJustification}): {@code round
 * u64 | target hash | target number u32 | precommits | votes' ancestries}.
 *
 * @param ancestries headers between the target and the blocks that were voted for
 */
public record Justification(
    long round,
    Hash32 targetHash,
    long targetNumber,
    List<Precommit> precommits,
    List<Header> ancestries) {
  /** Largest justification in bytes. */
  public static final int MAX_SIZE = 1_000_000;

  /** Most votes: one an authority. */
  public static final int MAX_PRECOMMITS = AuthoritySet.MAX_AUTHORITIES;

  /** Most headers between the target and the votes. */
  public static final int MAX_ANCESTRIES = 1_024;

  /** Rejects with {@code malformed}, or {@code trailing-bytes} if more follows. */
  public static Verdict<Justification> decode(Bytes encoded) {
    if (encoded.size() > MAX_SIZE) {
      return Verdict.reject(RejectionCode.MALFORMED, encoded.size() + " bytes of justification");
    }
    ScaleReader in = new ScaleReader(encoded);
    Justification decoded;
    try {
      decoded = read(in);
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    return in.remaining() == 0
        ? Verdict.accept(decoded)
        : Verdict.reject(RejectionCode.TRAILING_BYTES, in.remaining() + " bytes");
  }

  private static Justification read(ScaleReader in) {
    return new Justification(
        in.u64(),
        in.hash(),
        in.u32(),
        in.list(MAX_PRECOMMITS, Precommit.SIZE, Precommit::read),
        in.list(MAX_ANCESTRIES, Header.MIN_SIZE, Header::read));
  }

  public Bytes encode() {
    return new ScaleWriter()
        .u64(round)
        .hash(targetHash)
        .u32(targetNumber)
        .list(precommits, (to, each) -> each.write(to))
        .list(ancestries, (to, each) -> each.write(to))
        .toBytes();
  }
}
