package dev.trestle.lightclient.polkadot;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.trie.StorageProof;
import java.util.Optional;

/**
 * Facts under a header's state root.
 *
 * <p>Keys as in the Polkadot specification, "State storage"; the time is {@code Timestamp.Now} of
 * the FRAME pallet {@code frame/timestamp/src/lib.rs}.
 */
public final class StateFacts {
  /**
   * Key of {@code Timestamp.Now}: the block's time in milliseconds since 1970, u64. It is {@code
   * twox128("Timestamp") | twox128("Now")}.
   */
  public static final Bytes TIMESTAMP =
      Bytes.fromHex("f0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb");

  private static final long MILLIS = 1_000;

  private StateFacts() {}

  /**
   * Decodes a path after paying for everything that will be hashed. Rejects with {@code malformed}
   * and {@code budget-exceeded}.
   */
  public static Verdict<StatePath> path(Bytes path, Bytes value, Bytes proof, Budget budget) {
    if (path.size() > Claim.MAX_PATH
        || value.size() > Claim.MAX_VALUE
        || proof.size() > Claim.MAX_PROOF) {
      return Verdict.reject(RejectionCode.MALFORMED, "path, value or proof is too large");
    }
    // twice for the proof: a compact one is encoded anew
    if (!budget.charge(Messages.units(path) + Messages.units(value) + 2 * Messages.units(proof))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      return Verdict.accept(StatePath.decode(path));
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
  }

  /** See {@link StorageProof}; {@code value-mismatch} if something else or nothing stands there. */
  public static Verdict<ProvenFact> stored(Claim claim, StatePath path, KnownHeader header) {
    return read(claim.proof(), header.stateRoot(), path.key())
        .then(
            found ->
                found.equals(Optional.of(claim.value()))
                    ? fact(claim.path(), claim.value(), header)
                    : Verdict.<ProvenFact>reject(
                        RejectionCode.VALUE_MISMATCH,
                        found.isEmpty() ? "nothing stands there" : "another value"));
  }

  /** See {@link StorageProof}; {@code value-mismatch} if something stands there. */
  public static Verdict<ProvenFact> absent(
      Bytes encodedPath, Bytes proof, StatePath path, KnownHeader header) {
    return read(proof, header.stateRoot(), path.key())
        .then(
            found ->
                found.isEmpty()
                    ? fact(encodedPath, Bytes.EMPTY, header)
                    : Verdict.<ProvenFact>reject(RejectionCode.VALUE_MISMATCH, "a value is there"));
  }

  static Verdict<ProvenFact> fact(Bytes path, Bytes value, KnownHeader header) {
    return Verdict.accept(new ProvenFact(path, value, header.ref(), ProvenFact.FINAL));
  }

  /** Unix seconds of the block with this header; {@code no-timestamp} if they are not proved. */
  public static Verdict<Long> seconds(Header header, Bytes proof) {
    return read(proof, header.stateRoot(), TIMESTAMP).then(StateFacts::seconds);
  }

  private static Verdict<Long> seconds(Optional<Bytes> found) {
    try {
      return found
          .map(value -> ScaleReader.decode(value, ScaleReader::u64) / MILLIS)
          .filter(seconds -> seconds <= KnownHeader.MAX_SECONDS)
          .<Verdict<Long>>map(Verdict::accept)
          .orElseGet(() -> Verdict.reject(PolkadotCode.NO_TIMESTAMP, "no time in the state"));
    } catch (DecodeException e) {
      return Verdict.reject(PolkadotCode.NO_TIMESTAMP, String.valueOf(e.getMessage()));
    }
  }

  private static Verdict<Optional<Bytes>> read(Bytes proof, Hash32 root, Bytes key) {
    try {
      return StorageProof.decode(proof).read(root, key);
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
  }
}
