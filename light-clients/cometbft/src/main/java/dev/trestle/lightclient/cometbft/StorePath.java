package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.proofs.ics23.ProofSpec;
import java.util.List;

/**
 * The path of a claim: a key in a store of the application, as seen by one header. Encoding: {@code
 * u64 height | text store | bytes key}. The proof is an ICS-23 {@code MerkleProof} of two layers:
 * in the store's IAVL tree, and of the store under the application hash of the header at {@code
 * height}, which is that of the state after block {@code height - 1}.
 */
public record StorePath(long height, String store, Bytes key) {
  private static final int MAX_STORE = 64;
  private static final int MAX_KEY = 900;

  /** From the lowest tree up. */
  static final List<ProofSpec> SPECS = List.of(ProofSpec.IAVL, ProofSpec.TENDERMINT);

  public StorePath {
    if (height < 1 || store.isEmpty() || key.isEmpty()) {
      throw new IllegalArgumentException("a path has a height, a store and a key");
    }
  }

  /**
   * @throws DecodeException if it is no path
   */
  public static StorePath decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded, in -> new StorePath(in.u64(), in.text(MAX_STORE), in.bytes(MAX_KEY)));
  }

  public Bytes encode() {
    return new CanonicalWriter().u64(height).text(store).bytes(key).toBytes();
  }

  List<Bytes> keys() {
    return List.of(Bytes.utf8(store), key);
  }
}
