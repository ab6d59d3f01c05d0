package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import java.util.function.Function;

/** Turns the exceptions of strict readers into verdicts at the public entry points. */
final class Decoding {
  private Decoding() {}

  static <T> Verdict<T> verdict(Bytes encoded, int maxBytes, Function<CanonicalReader, T> decoder) {
    if (encoded.size() > maxBytes) {
      return Verdict.reject(
          ConsensusCode.MALFORMED, encoded.size() + " bytes where at most " + maxBytes + " may be");
    }
    try {
      return Verdict.accept(CanonicalReader.decode(encoded, decoder));
    } catch (DecodeException e) {
      return Verdict.reject(ConsensusCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /** A round as it stands in messages: u32, capped. */
  static int round(CanonicalReader in) {
    long round = in.u32();
    if (round > ConsensusLimits.MAX_ROUND) {
      throw new DecodeException("round " + round + " is over the limit");
    }
    return (int) round;
  }
}
