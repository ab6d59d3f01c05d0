package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.proofs.ssz.SszRoot;
import java.util.ArrayList;
import java.util.List;

/**
 * What tells one beacon chain from another and how it changed over time. Trusted: it comes from the
 * client's anchor and never from an update.
 *
 * @param genesisValidatorsRoot identity of the chain; part of every signature domain
 * @param forks the schedule in order of activation
 * @param genesisTimeSeconds Unix time of slot 0
 * @param secondsPerSlot length of a slot
 */
public record BeaconNetwork(
    Preset preset,
    Hash32 genesisValidatorsRoot,
    List<Activation> forks,
    long genesisTimeSeconds,
    int secondsPerSlot) {
  private static final Bytes DOMAIN_SYNC_COMMITTEE = Bytes.fromHex("07000000");
  private static final int VERSION_SIZE = 4;
  private static final int MAX_SECONDS_PER_SLOT = 3_600;

  /**
   * From when on a fork is in force.
   *
   * @param epoch anything from 2^63 on, {@code FAR_FUTURE_EPOCH} too, becomes {@link #NEVER}
   * @param version 4 bytes, part of every signature domain
   */
  public record Activation(BeaconFork fork, long epoch, Bytes version) {
    /** An epoch that no slot reaches. */
    public static final long NEVER = Long.MAX_VALUE;

    public Activation {
      epoch = epoch < 0 ? NEVER : epoch;
      if (version.size() != VERSION_SIZE) {
        throw new IllegalArgumentException("a fork version has 4 bytes, not " + version.size());
      }
    }
  }

  public BeaconNetwork {
    forks = List.copyOf(forks);
    if (forks.isEmpty() || forks.getFirst().epoch() != 0) {
      throw new IllegalArgumentException("the schedule does not begin at epoch 0");
    }
    for (int i = 1; i < forks.size(); i++) {
      Activation before = forks.get(i - 1);
      Activation after = forks.get(i);
      if (before.fork().compareTo(after.fork()) >= 0 || before.epoch() > after.epoch()) {
        throw new IllegalArgumentException("forks out of order");
      }
    }
    if (genesisTimeSeconds < 0 || secondsPerSlot < 1 || secondsPerSlot > MAX_SECONDS_PER_SLOT) {
      throw new IllegalArgumentException("not a time of genesis and a slot length");
    }
  }

  /** The activation in force at an epoch; of several at one epoch the last. */
  public Activation activationAt(long epoch) {
    Activation found = forks.getFirst();
    for (Activation each : forks) {
      if (Long.compareUnsigned(each.epoch(), epoch) <= 0) {
        found = each;
      }
    }
    return found;
  }

  /** The fork in force at a slot. */
  public BeaconFork forkAt(long slot) {
    return activationAt(preset.epochAt(slot)).fork();
  }

  /**
   * Signing root of a sync-committee message ({@code compute_signing_root}): the domain is that of
   * the fork at the slot before {@code signatureSlot}.
   */
  public Hash32 signingRoot(Hash32 attestedRoot, long signatureSlot) {
    long slot = signatureSlot == 0 ? 0 : signatureSlot - 1;
    Hash32 forkData = forkDataRoot(activationAt(preset.epochAt(slot)).version());
    Bytes domain = Bytes.concat(DOMAIN_SYNC_COMMITTEE, forkData.bytes().slice(0, 28));
    return SszRoot.container(attestedRoot, new Hash32(domain));
  }

  /** {@code compute_fork_data_root}. */
  public Hash32 forkDataRoot(Bytes version) {
    return SszRoot.container(SszRoot.byteVector(version), genesisValidatorsRoot);
  }

  /** The slot in which {@code nowSeconds} lies; 0 before genesis. */
  public long slotAt(long nowSeconds) {
    return Math.max(0, nowSeconds - genesisTimeSeconds) / secondsPerSlot;
  }

  /** Unix seconds at which a slot begins, saturating. */
  public long timeAt(long slot) {
    if (slot < 0 || slot > (Long.MAX_VALUE - genesisTimeSeconds) / secondsPerSlot) {
      return Long.MAX_VALUE;
    }
    return genesisTimeSeconds + slot * secondsPerSlot;
  }

  void write(CanonicalWriter out) {
    out.u8(preset.code()).hash(genesisValidatorsRoot).u8(forks.size());
    for (Activation each : forks) {
      out.u8(each.fork().code()).u64(each.epoch()).fixed(each.version());
    }
    out.u64(genesisTimeSeconds).u32(secondsPerSlot);
  }

  static BeaconNetwork read(CanonicalReader in) {
    Preset preset = Preset.byCode(in.u8());
    Hash32 root = in.hash();
    int count = in.u8();
    if (count > BeaconFork.values().length) {
      throw new DecodeException(count + " forks");
    }
    List<Activation> forks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      forks.add(new Activation(BeaconFork.byCode(in.u8()), in.u64(), in.fixed(VERSION_SIZE)));
    }
    return new BeaconNetwork(preset, root, forks, in.u64(), Math.toIntExact(in.u32()));
  }
}
