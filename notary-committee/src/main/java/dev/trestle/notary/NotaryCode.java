package dev.trestle.notary;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why a member does not sign, or stops altogether. Stable: shown by the API and in alarms. */
public enum NotaryCode implements ReasonCode {
  /** The relay chain has this member's signature. */
  ALREADY_SENT,
  // later: what is missing may come
  /** The member's own node does not show the burn or the refusal as final. */
  NOT_SEEN,
  /** The block is not final in the member's own view. */
  NOT_FINAL,
  OWN_NODE_UNAVAILABLE,
  PAUSED,
  HALTED_BY_OPERATOR,
  /** More wrapped tokens exist on the destination than the relay chain accounts for. */
  SUPPLY_EXCEEDED,
  // refusals: somebody wants something that must not be signed
  NOT_A_MEMBER,
  UNKNOWN_FAMILY,
  /** The relay chain names another bridge contract than when the member started. */
  BRIDGE_CHANGED,
  CONTRADICTING_MESSAGES,
  WRONG_LANE,
  WRONG_ASSET,
  WRONG_AMOUNT,
  WRONG_RECIPIENT,
  PACKET_SUCCEEDED,
  NOT_TO_RESTING_PLACE,
  /** A payout from a coin that is not swept: its depositor could take it back. */
  SPENDS_A_DEPOSIT,
  PLAN_DIFFERS,
  ACCOUNTS_DO_NOT_ADD_UP,
  ABOVE_OWN_LIMIT,
  ALREADY_PLANNED_OTHERWISE,
  COIN_ALREADY_COMMITTED,
  EQUIVOCATION,
  HEADER_MISMATCH,
  /** The member's own signature does not verify: a fault of the machine. */
  OWN_SIGNATURE_INVALID,
  // faults of the guard and of the key file
  GUARD_MISSING,
  GUARD_EXISTS,
  GUARD_IN_USE,
  GUARD_CORRUPT,
  GUARD_ROLLED_BACK,
  GUARD_OF_ANOTHER_MEMBER,
  KEY_FILE_MALFORMED,
  KEY_FILE_EXISTS,
  KEY_FILE_NOT_PRIVATE,
  WRONG_PASSPHRASE,
  PASSPHRASE_TOO_SHORT,
  PASSPHRASE_MISSING,
  STORAGE;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
