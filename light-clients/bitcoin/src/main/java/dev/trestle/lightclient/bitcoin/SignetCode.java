package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why a signet's challenge, or a block's solution of it (BIP-325), is refused. Stable. */
public enum SignetCode implements ReasonCode {
  /** A client of a signet whose settings hold no challenge: everyone could make its blocks. */
  CHALLENGE_MISSING,
  /** A challenge in the settings of a network that is not a signet. */
  CHALLENGE_NOT_EXPECTED,
  /**
   * A challenge of a form that is not run here: neither a key nor a bare multisig, nor one of these
   * by P2WPKH or P2WSH. P2TR is none: blocks are checked without the rules of BIP-341, so that
   * every node takes whatever solution for one.
   */
  CHALLENGE_NOT_SUPPORTED,
  /** A coinbase with a witness, of 64 bytes, or no coinbase at all. */
  BAD_COINBASE,
  /** No output of the coinbase commits to witnesses (BIP-141), so that no solution can follow. */
  NO_WITNESS_COMMITMENT,
  /** The witness commitment is not followed by a solution. */
  NO_SOLUTION,
  /** A solution that is not one script and one witness stack. */
  MALFORMED_SOLUTION,
  /**
   * A solution that may be valid but does what none does: operations, hash types, other scripts.
   */
  SOLUTION_NOT_SUPPORTED,
  /** A solution that does not satisfy the challenge. */
  BAD_SOLUTION;

  @Override
  public String code() {
    return "signet-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
