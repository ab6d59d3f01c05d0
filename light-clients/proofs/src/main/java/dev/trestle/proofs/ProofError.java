package dev.trestle.proofs;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why a proof is refused. */
public enum ProofError implements ReasonCode {
  /** A node, key, header or receipt does not follow its format, or not in the canonical way. */
  MALFORMED,
  /** A node is not the one that its parent, or the root, names. */
  ROOT_MISMATCH,
  /** The proof ends before the key is decided. */
  PROOF_TOO_SHORT,
  /** Nodes follow after the key is decided. */
  TRAILING_NODES,
  /** More nodes than any key can have. */
  TOO_DEEP,
  /** The proof shows that nothing stands under the key. */
  ABSENT,
  /** No item has this number. */
  INDEX_OUT_OF_RANGE;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
