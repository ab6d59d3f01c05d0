package dev.trestle.lightclient.poa;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/**
 * Why a header of a permissioned chain is refused. Stable: part of the API. BFT stands for QBFT and
 * IBFT 2.0 (EEA QBFT specification; Besu's validation rules), Clique for EIP-225.
 */
public enum PoaCode implements ReasonCode {
  /** BFT: the vanity is not 32 bytes. */
  VANITY_LENGTH,
  /** BFT: the extra data is not a list of five items. */
  EXTRA_DATA_ITEMS,
  /** BFT: an item of the extra data has a wrong form. */
  EXTRA_DATA_FORM,
  /** BFT: the mix hash is not the constant that marks the protocol. Clique: it is not zero. */
  MIX_HASH,
  /** BFT: the difficulty is not 1. */
  DIFFICULTY,
  /** BFT: the nonce is not zero. */
  NONCE,
  /** There are ommers. */
  OMMERS,
  /** BFT: the listed validators are not in strictly ascending order. */
  VALIDATORS_ORDER,
  /** BFT: the listed validators are not those in force after the parent. */
  VALIDATORS_DIFFER_FROM_PARENT_STATE,
  /** BFT: the beneficiary, who proposed the block, is no validator. */
  PROPOSER_NOT_VALIDATOR,
  /** BFT: a seal is not 65 bytes. */
  SEAL_LENGTH,
  /** BFT: the last byte of a seal is neither 0 nor 1. */
  SEAL_V,
  /** BFT: no validator made this seal over this header and round. */
  SEAL_FROM_NON_VALIDATOR,
  /** BFT: two seals of one validator, also where one is the other with n - s. */
  DUPLICATE_SEAL,
  /** BFT: fewer than ceil(2n/3) seals. */
  INSUFFICIENT_SEALS,
  /** BFT, skipping: not more than a third of the trusted validators sealed. */
  NOT_ENOUGH_TRUST,
  /** Clique: the extra data has no room for vanity and seal. */
  EXTRA_TOO_SHORT,
  /** Clique: a list of signers in a block that is no checkpoint. */
  SIGNERS_OUTSIDE_EPOCH,
  /** Clique: a checkpoint does not list exactly the signers in force. */
  CHECKPOINT_SIGNERS,
  /** Clique: a vote in a checkpoint, or a nonce that is no vote. */
  INVALID_VOTE,
  /** Clique: the signer is not authorised, or the seal is no signature. */
  UNAUTHORIZED_SIGNER,
  /** Clique: the signer signed one of the last floor(n/2) blocks. */
  RECENTLY_SIGNED,
  /** Clique: not 2 in turn and 1 out of turn. */
  WRONG_DIFFICULTY,
  /** Clique: too few headers stand on top of the first one. */
  NOT_DEEP_ENOUGH,
  /** The anchor is no epoch block, so that votes may be open. */
  ANCHOR_NOT_AT_EPOCH,
  /** The header is not the child of the one before. */
  NOT_A_CHILD,
  /** The header is not younger than its parent. */
  TIME_NOT_AFTER_PARENT;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
