package dev.trestle.proofs.ics23;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why an ICS-23 proof is refused. Stable: part of the API. */
public enum Ics23Code implements ReasonCode {
  /** Bytes that are no proof, or batch and compressed proofs, which nothing here needs. */
  MALFORMED,
  /** A proof of presence where one of absence is needed, or the other way round. */
  PROOF_KIND,
  /** The proof is about another key, or about none. */
  KEY_MISMATCH,
  /** The proof is about another value, or about none. */
  VALUE_MISMATCH,
  /** The leaf operation is missing or not that of the specification. */
  LEAF_OP,
  /** The inner operation's hash, prefix or suffix is not one of the specification. */
  INNER_OP,
  /** Height, size and version in an IAVL prefix are not well formed, or too low for the layer. */
  IAVL_PREFIX,
  /** Fewer or more inner operations than the specification allows. */
  PATH_DEPTH,
  /** A hash or a length operation that we do not know. */
  UNKNOWN_OP,
  /** The path does not lead to the root. */
  ROOT_MISMATCH,
  /** A proof of absence without neighbours. */
  NO_NEIGHBOUR,
  /** The key is not left of the right neighbour. */
  NOT_LEFT_OF_RIGHT,
  /** The key is not right of the left neighbour. */
  NOT_RIGHT_OF_LEFT,
  /** Something may stand between the neighbours. */
  NOT_NEIGHBOURS,
  /** The number of layers is not the number of trees. */
  LAYER_COUNT;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
