package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Rules for one QBFT or IBFT 2.0 header: its constants, its list of validators, its proposer, and a
 * quorum of committed seals (EEA QBFT specification 4; Besu {@code
 * BftBlockHeaderValidationRuleset}). The validators in force come from the caller's state, never
 * from the header. GoQuorum's own check stops at F+1 seals; this one asks for ceil(2n/3).
 *
 * <p>Refuses with the codes of {@link PoaCode} that are marked BFT, with {@link PoaCode#OMMERS}, in
 * the order in which that enum lists them.
 */
final class BftRules {
  /** Mix hash that marks IBFT and QBFT blocks: "ctical byzantine fault tolerance". */
  static final Hash32 MIX_HASH =
      Hash32.fromHex("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365");

  private static final Bytes NO_NONCE = Bytes.wrap(new byte[8]);

  private BftRules() {}

  /**
   * A header that passed.
   *
   * @param hash the block's id
   * @param sealers validators that sealed it
   */
  record Sealed(PoaHeader header, BftExtraData extra, Hash32 hash, ValidatorSet sealers) {}

  /** Checks a header against the validators in force for it. */
  static Verdict<Sealed> check(
      PoaHeader header, BftExtraData.Dialect dialect, ValidatorSet inForce) {
    return BftExtraData.decode(header.extraData(), dialect)
        .then(extra -> constants(header, extra))
        .then(extra -> validators(header, extra, inForce))
        .then(extra -> sealed(header, extra, inForce));
  }

  /** The digest that validators seal; includes the round. */
  static Hash32 commitHash(PoaHeader header, BftExtraData.Dialect dialect) {
    return header.hashWith(BftExtraData.withoutSeals(header.extraData(), dialect));
  }

  /** The block's id: without round and seals, so that it does not depend on who sealed. */
  static Hash32 blockHash(PoaHeader header, BftExtraData.Dialect dialect) {
    return header.hashWith(BftExtraData.withoutSealsAndRound(header.extraData(), dialect));
  }

  private static Verdict<BftExtraData> constants(PoaHeader header, BftExtraData extra) {
    if (!header.mixHash().equals(MIX_HASH)) {
      return Verdict.reject(PoaCode.MIX_HASH, "mix hash " + header.mixHash());
    }
    if (!header.difficulty().equals(BigInteger.ONE)) {
      return Verdict.reject(PoaCode.DIFFICULTY, "difficulty " + header.difficulty());
    }
    if (!header.nonce().equals(NO_NONCE)) {
      return Verdict.reject(PoaCode.NONCE, "nonce " + header.nonce());
    }
    return header.hasOmmers() ? Verdict.reject(PoaCode.OMMERS, "ommers") : Verdict.accept(extra);
  }

  private static Verdict<BftExtraData> validators(
      PoaHeader header, BftExtraData extra, ValidatorSet inForce) {
    List<EvmAddress> listed = extra.validators();
    for (int i = 1; i < listed.size(); i++) {
      if (listed.get(i - 1).compareTo(listed.get(i)) >= 0) {
        return Verdict.reject(PoaCode.VALIDATORS_ORDER, "at validator " + i);
      }
    }
    if (listed.isEmpty() || !ValidatorSet.of(listed).equals(inForce)) {
      return Verdict.reject(
          PoaCode.VALIDATORS_DIFFER_FROM_PARENT_STATE, listed.size() + " validators listed");
    }
    return inForce.contains(header.beneficiary())
        ? Verdict.accept(extra)
        : Verdict.reject(PoaCode.PROPOSER_NOT_VALIDATOR, "proposer " + header.beneficiary());
  }

  private static Verdict<Sealed> sealed(
      PoaHeader header, BftExtraData extra, ValidatorSet inForce) {
    Hash32 digest = commitHash(header, extra.dialect());
    TreeSet<EvmAddress> sealers = new TreeSet<>();
    for (Bytes seal : extra.seals()) {
      Optional<ReasonCode> wrong = add(sealers, seal, digest, inForce);
      if (wrong.isPresent()) {
        return Verdict.reject(wrong.get(), "seal " + sealers.size());
      }
    }
    if (sealers.size() < inForce.quorum()) {
      return Verdict.reject(
          PoaCode.INSUFFICIENT_SEALS, sealers.size() + " of " + inForce.quorum() + " seals");
    }
    return Verdict.accept(
        new Sealed(header, extra, blockHash(header, extra.dialect()), new ValidatorSet(sealers)));
  }

  /** Adds the validator who made a seal; returns why it cannot. */
  private static Optional<ReasonCode> add(
      java.util.Set<EvmAddress> sealers, Bytes seal, Hash32 digest, ValidatorSet inForce) {
    if (seal.size() != Seal.SIZE) {
      return Optional.of(PoaCode.SEAL_LENGTH);
    }
    if (seal.at(Seal.SIZE - 1) > 1) {
      return Optional.of(PoaCode.SEAL_V);
    }
    Optional<EvmAddress> signer = Seal.signer(seal, digest).filter(inForce::contains);
    if (signer.isEmpty()) {
      return Optional.of(PoaCode.SEAL_FROM_NON_VALIDATOR);
    }
    return sealers.add(signer.get()) ? Optional.empty() : Optional.of(PoaCode.DUPLICATE_SEAL);
  }
}
