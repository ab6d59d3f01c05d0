package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why {@link TaprootCustody} refuses something. Stable: part of the API. */
public enum CustodyCode implements ReasonCode {
  /** No network with this CAIP-2 id, or one without Taproot (BIP-341). */
  UNKNOWN_CHAIN,
  /** A key of a member, or of the refund, that is no point with this x (BIP-340). */
  BAD_KEY,
  /** A delay of the refund outside of the blocks that are allowed (BIP-68, BIP-112). */
  BAD_REFUND_DELAY,
  /** More members than a leaf may ask signatures of (BIP-342). */
  TOO_MANY_MEMBERS,
  /** A new coin, which may not be spent yet. */
  COINBASE,
  /** No output of the transaction pays the lock. */
  NOT_PAID,
  /** An output script that nodes do not relay. */
  NOT_PAYABLE,
  /** An amount of nothing, or of more than there are coins. */
  BAD_AMOUNT,
  /** A fee rate under the least or over the most allowed. */
  BAD_FEE_RATE,
  /** A coin under a lock that this committee cannot open. */
  FOREIGN_COIN,
  /** One output twice among the coins of a release. */
  DUPLICATE_COIN,
  /** The coins are worth less than what is paid and the fee. */
  NOT_COVERED,
  /** A payment or change that nodes do not relay because it is too small. */
  DUST,
  /** A transaction over the weight that nodes relay. */
  TOO_LARGE,
  /** A release that does not follow from its own coins, payment and committee. */
  INCONSISTENT_PLAN,
  /** Fewer, more or other members than the threshold asks for, or one twice. */
  WRONG_SIGNERS,
  /** Not the member's BIP-340 signature over the spend (BIP-341, signature message). */
  BAD_SIGNATURE;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
