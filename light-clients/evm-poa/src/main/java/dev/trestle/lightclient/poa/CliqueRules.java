package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Rules for one Clique header (EIP-225). Extra data is {@code vanity (32) | signers (20 each, in
 * checkpoints only) | seal (65)}. Clique is not final: a client takes a header only under enough
 * others.
 *
 * <p>Refuses with the codes of {@link PoaCode} that are marked Clique and with {@link
 * PoaCode#OMMERS}.
 */
final class CliqueRules {
  private static final int VANITY = 32;
  private static final Bytes ADD = Bytes.fromHex("ffffffffffffffff");
  private static final Bytes DROP = Bytes.fromHex("0000000000000000");
  private static final EvmAddress NOBODY = new EvmAddress(Bytes.wrap(new byte[EvmAddress.SIZE]));

  private CliqueRules() {}

  /**
   * A header that passed.
   *
   * @param hash the block's id: keccak256 of the RLP
   */
  record Signed(PoaHeader header, Hash32 hash, EvmAddress signer, Optional<Vote> vote) {}

  /**
   * Checks a header against the signers in force for it.
   *
   * @param epoch blocks between checkpoints
   * @param recent who signed recent blocks, by number
   */
  static Verdict<Signed> check(
      PoaHeader header, long epoch, ValidatorSet signers, SortedMap<Long, EvmAddress> recent) {
    return form(header, epoch, signers)
        .then(each -> vote(each, epoch))
        .then(vote -> signed(header, signers, recent, vote));
  }

  /** The digest that the signer signs: the header without the seal. */
  static Hash32 sealHash(PoaHeader header) {
    Bytes extra = header.extraData();
    return header.hashWith(extra.slice(0, extra.size() - Seal.SIZE));
  }

  /** Signers that a checkpoint or genesis lists, in their order. */
  static List<EvmAddress> listedSigners(Bytes extraData) {
    List<EvmAddress> listed = new ArrayList<>();
    for (int at = VANITY; at + EvmAddress.SIZE <= extraData.size() - Seal.SIZE; ) {
      listed.add(new EvmAddress(extraData.slice(at, at + EvmAddress.SIZE)));
      at += EvmAddress.SIZE;
    }
    return listed;
  }

  private static Verdict<PoaHeader> form(PoaHeader header, long epoch, ValidatorSet signers) {
    Bytes extra = header.extraData();
    int listed = extra.size() - VANITY - Seal.SIZE;
    if (listed < 0) {
      return Verdict.reject(PoaCode.EXTRA_TOO_SHORT, extra.size() + " bytes");
    }
    if (!isCheckpoint(header, epoch)) {
      if (listed != 0) {
        return Verdict.reject(PoaCode.SIGNERS_OUTSIDE_EPOCH, listed + " bytes");
      }
    } else if (listed != signers.size() * EvmAddress.SIZE
        || !listedSigners(extra).equals(List.copyOf(signers.members()))) {
      return Verdict.reject(PoaCode.CHECKPOINT_SIGNERS, "block " + header.number());
    }
    if (!header.mixHash().isZero()) {
      return Verdict.reject(PoaCode.MIX_HASH, "mix hash " + header.mixHash());
    }
    return header.hasOmmers() ? Verdict.reject(PoaCode.OMMERS, "ommers") : Verdict.accept(header);
  }

  private static Verdict<Optional<Vote>> vote(PoaHeader header, long epoch) {
    boolean add = header.nonce().equals(ADD);
    if (!add && !header.nonce().equals(DROP)) {
      return Verdict.reject(PoaCode.INVALID_VOTE, "nonce " + header.nonce());
    }
    if (isCheckpoint(header, epoch)) {
      return add || !header.beneficiary().equals(NOBODY)
          ? Verdict.reject(PoaCode.INVALID_VOTE, "a vote in a checkpoint")
          : Verdict.accept(Optional.empty());
    }
    return Verdict.accept(
        header.beneficiary().equals(NOBODY) && !add
            ? Optional.empty()
            : Optional.of(new Vote(header.beneficiary(), add)));
  }

  private static Verdict<Signed> signed(
      PoaHeader header,
      ValidatorSet signers,
      SortedMap<Long, EvmAddress> recent,
      Optional<Vote> vote) {
    Bytes extra = header.extraData();
    Bytes seal = extra.slice(extra.size() - Seal.SIZE, extra.size());
    Optional<EvmAddress> signer = Seal.signer(seal, sealHash(header)).filter(signers::contains);
    if (signer.isEmpty()) {
      return Verdict.reject(PoaCode.UNAUTHORIZED_SIGNER, "block " + header.number());
    }
    long free = header.number() - signers.majority();
    for (Map.Entry<Long, EvmAddress> each : recent.tailMap(free + 1).entrySet()) {
      if (each.getValue().equals(signer.get()) && each.getKey() < header.number()) {
        return Verdict.reject(PoaCode.RECENTLY_SIGNED, "block " + each.getKey());
      }
    }
    boolean inTurn = header.number() % signers.size() == signers.indexOf(signer.get());
    if (header.difficulty().bitLength() > 2 || header.difficulty().intValue() != (inTurn ? 2 : 1)) {
      return Verdict.reject(PoaCode.WRONG_DIFFICULTY, "difficulty " + header.difficulty());
    }
    return Verdict.accept(new Signed(header, header.plainHash(), signer.get(), vote));
  }

  static boolean isCheckpoint(PoaHeader header, long epoch) {
    return header.number() % epoch == 0;
  }
}
