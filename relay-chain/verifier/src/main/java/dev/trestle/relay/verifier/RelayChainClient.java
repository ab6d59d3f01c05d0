package dev.trestle.relay.verifier;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.DomainTag;
import dev.trestle.crypto.EvmAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Knows one relay chain and the validators of each era since a trusted start. An era is a run of
 * epochs with one validator set; the last block of it names the next set, which {@link #handOver}
 * installs. Immutable.
 *
 * <p>Whoever starts from a set of long ago trusts that its keys were not stolen since: start from a
 * recent one. Blocks before the start can still be shown by {@link VerifiedBlock#older}.
 */
public final class RelayChainClient {
  private static final int MIN_VALIDATORS = 4;
  private static final int MAX_VALIDATORS = 0xffff;
  private static final EvmAddress NOBODY = new EvmAddress(Bytes.wrap(new byte[EvmAddress.SIZE]));
  private static final DomainTag VALIDATORS = DomainTag.of("relay", "validators", 1);

  private final Hash32 chainId;
  private final List<Era> eras;

  /**
   * A run of blocks that one set certifies.
   *
   * @param validators ascending
   */
  public record Era(long firstEpoch, long firstHeight, List<EvmAddress> validators) {
    public Era {
      validators = List.copyOf(validators);
    }

    /** What headers carry. */
    public Hash32 validatorsHash() {
      CanonicalWriter out = new CanonicalWriter().hash(VALIDATORS.hash()).u16(validators.size());
      validators.forEach(each -> out.fixed(each.bytes()));
      return Digests.keccak256(out.toBytes());
    }
  }

  private RelayChainClient(Hash32 chainId, List<Era> eras) {
    this.chainId = chainId;
    this.eras = List.copyOf(eras);
  }

  /**
   * @param chainId keccak256 of the genesis
   * @param start the era that is trusted; blocks before its first height are not verified by
   *     certificates
   */
  public static Verdict<RelayChainClient> trusting(Hash32 chainId, Era start) {
    if (chainId.isZero() || start.firstHeight() < 1 || start.firstEpoch() < 0) {
      return Verdict.reject(VerifierCode.MALFORMED, "no chain id or no height");
    }
    return isSet(start.validators())
        ? Verdict.accept(new RelayChainClient(chainId, List.of(start)))
        : Verdict.reject(VerifierCode.WRONG_VALIDATORS, "4 or more validators in ascending order");
  }

  public Hash32 chainId() {
    return chainId;
  }

  /** The newest era that is known. */
  public Era current() {
    return eras.getLast();
  }

  /** A block, certified by more than two thirds of the set of its era. */
  public Verdict<VerifiedBlock> verify(Bytes header, Bytes certificate) {
    return VerifiedBlock.read(header, chainId)
        .then(
            block -> {
              Optional<Era> era = eraOf(block);
              if (era.isEmpty()) {
                return Verdict.reject(
                    VerifierCode.UNKNOWN_ERA,
                    "height " + block.height() + " epoch " + block.epoch());
              }
              return block.validatorsHash().equals(era.get().validatorsHash())
                  ? Certificate.check(certificate, era.get().validators(), block)
                  : Verdict.reject(VerifierCode.WRONG_VALIDATORS, block.toString());
            });
  }

  /**
   * Knows the next era as well: {@code header} is the last block of the current one and names
   * {@code next}.
   */
  public Verdict<RelayChainClient> handOver(
      Bytes header, Bytes certificate, List<EvmAddress> next) {
    return verify(header, certificate)
        .then(
            last -> {
              if (last.height() < current().firstHeight()
                  || last.nextValidatorsHash().equals(current().validatorsHash())
                  || last.height() == Long.MAX_VALUE
                  || last.epoch() == Long.MAX_VALUE) {
                return Verdict.reject(VerifierCode.NO_HAND_OVER, last.toString());
              }
              Era era = new Era(last.epoch() + 1, last.height() + 1, next);
              if (!isSet(next) || !era.validatorsHash().equals(last.nextValidatorsHash())) {
                return Verdict.reject(VerifierCode.WRONG_VALIDATORS, "not the next set");
              }
              List<Era> all = new ArrayList<>(eras);
              all.add(era);
              return Verdict.accept(new RelayChainClient(chainId, all));
            });
  }

  /** The newest era that starts at or before the block; its epoch must lie in the same era. */
  private Optional<Era> eraOf(VerifiedBlock block) {
    long nextEpoch = Long.MAX_VALUE;
    for (int i = eras.size() - 1; i >= 0; i--) {
      Era era = eras.get(i);
      if (block.height() >= era.firstHeight()) {
        boolean fits =
            block.epoch() >= era.firstEpoch()
                && (i == eras.size() - 1 || block.epoch() < nextEpoch);
        return fits ? Optional.of(era) : Optional.empty();
      }
      nextEpoch = era.firstEpoch();
    }
    return Optional.empty();
  }

  private static boolean isSet(List<EvmAddress> validators) {
    if (validators.size() < MIN_VALIDATORS || validators.size() > MAX_VALIDATORS) {
      return false;
    }
    EvmAddress before = NOBODY;
    for (EvmAddress each : validators) {
      if (before.compareTo(each) >= 0) {
        return false;
      }
      before = each;
    }
    return true;
  }
}
