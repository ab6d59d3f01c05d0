package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Validators in the order of the chain (by power, then address), which the hash covers. */
public final class ValidatorSet {
  /** Most validators. CometBFT allows 10,000; no chain comes near this bound. */
  public static final int MAX_VALIDATORS = 1_024;

  /** Most voting power together (CometBFT {@code MaxTotalVotingPower}). */
  public static final long MAX_TOTAL_POWER = Long.MAX_VALUE / 8;

  /** Priorities stay within twice the total power on both sides. */
  static final long MAX_PRIORITY = 2 * MAX_TOTAL_POWER;

  private final List<Validator> validators;
  private final Map<Bytes, Validator> byAddress;
  private final long totalPower;

  /**
   * @throws IllegalArgumentException if there are too many, one twice, or too much power
   */
  public ValidatorSet(List<Validator> validators) {
    if (validators.size() > MAX_VALIDATORS) {
      throw new IllegalArgumentException(validators.size() + " validators");
    }
    this.validators = List.copyOf(validators);
    this.byAddress = HashMap.newHashMap(validators.size());
    long total = 0;
    for (Validator each : this.validators) {
      if (byAddress.put(each.address(), each) != null) {
        throw new IllegalArgumentException("a validator is in the set twice");
      }
      if (each.power() > MAX_TOTAL_POWER - total) {
        throw new IllegalArgumentException("more voting power than a set can have");
      }
      total += each.power();
    }
    this.totalPower = total;
  }

  /** Reads {@code ValidatorSet}; proposer and total, which nothing signs, must fit if given. */
  static ValidatorSet read(ProtoReader in) {
    ValidatorSet set = new ValidatorSet(in.messages(1, MAX_VALIDATORS, Validator::read));
    Optional<Validator> proposer = in.message(2, Validator::read);
    if (proposer.isPresent() && !set.validators.contains(proposer.get())) {
      throw new DecodeException("the proposer is not in the set");
    }
    long total = in.varint(3, Long.MAX_VALUE);
    if (total != 0 && total != set.totalPower) {
      throw new DecodeException("the total power is not " + total);
    }
    return set;
  }

  void write(ProtoWriter out) {
    validators.forEach(each -> out.message(1, each::write));
  }

  public Hash32 hash() {
    return SimpleTree.root(validators.stream().map(Validator::leaf).toList());
  }

  public List<Validator> validators() {
    return validators;
  }

  public int size() {
    return validators.size();
  }

  public Optional<Validator> byAddress(Bytes address) {
    return Optional.ofNullable(byAddress.get(address));
  }

  public long totalPower() {
    return totalPower;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ValidatorSet that && validators.equals(that.validators);
  }

  @Override
  public int hashCode() {
    return validators.hashCode();
  }
}
