package dev.trestle.lightclient.corda;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why something of Corda is refused, where no common code says it. Stable: part of the API. */
public enum CordaCode implements ReasonCode {
  /** The notary's component is not the one of the notary that is trusted, or not alone. */
  NOTARY_MISMATCH,
  /** The component of the network parameters is none of those that are trusted, or not alone. */
  PARAMETERS_MISMATCH,
  /** The revealed inputs are not all that the transaction consumes. */
  INPUTS_INCOMPLETE,
  /** A state that another transaction consumed. */
  STATE_CONSUMED,
  /** No form of signed metadata for this platform version and signature scheme. */
  SIGNATURE_METADATA,
  /**
   * A signature over a batch of transactions that does not include this one, or no batch allowed.
   */
  BATCH_TREE,
  /** A partial tree that includes more or other leaves than are revealed. */
  PARTIAL_TREE,
  /** Not a signature of the certificate's key over the payload. */
  VIEW_SIGNATURE;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
