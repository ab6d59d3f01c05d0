package dev.trestle.lightclient.ethereum;

import dev.trestle.base.DecodeException;
import dev.trestle.proofs.ssz.SszBranch;
import java.util.Locale;
import java.util.Optional;

/**
 * Forks of the beacon chain, oldest first, with what each changed for light clients
 * (consensus-specs {@code specs/FORK/light-client/sync-protocol.md}). A fork that changes nothing
 * repeats the line before; a fork to come is one more line and, at most, one more {@link
 * HeaderForm}.
 */
public enum BeaconFork {
  PHASE0(0, 105, 54, 55, HeaderForm.BEACON),
  ALTAIR(1, 105, 54, 55, HeaderForm.BEACON),
  BELLATRIX(2, 105, 54, 55, HeaderForm.BEACON),
  CAPELLA(3, 105, 54, 55, HeaderForm.PAYLOAD),
  DENEB(4, 105, 54, 55, HeaderForm.PAYLOAD_WITH_BLOBS),
  ELECTRA(5, 169, 86, 87, HeaderForm.PAYLOAD_WITH_BLOBS),
  FULU(6, 169, 86, 87, HeaderForm.PAYLOAD_WITH_BLOBS),
  GLOAS(7, 735, 2_945, 2_946, HeaderForm.BLOCK_HASH);

  /** What a {@code LightClientHeader} carries beside the beacon block header. */
  public enum HeaderForm {
    /** Nothing. */
    BEACON,
    /** The payload header of Capella: 15 fields. */
    PAYLOAD,
    /** The payload header of Deneb: 17 fields. */
    PAYLOAD_WITH_BLOBS,
    /** The hash of the parent execution block (EIP-7732). */
    BLOCK_HASH
  }

  private final int code;
  private final long finalizedRootIndex;
  private final long currentCommitteeIndex;
  private final long nextCommitteeIndex;
  private final HeaderForm headerForm;

  BeaconFork(
      int code,
      long finalizedRootIndex,
      long currentCommitteeIndex,
      long nextCommitteeIndex,
      HeaderForm headerForm) {
    this.code = code;
    this.finalizedRootIndex = finalizedRootIndex;
    this.currentCommitteeIndex = currentCommitteeIndex;
    this.nextCommitteeIndex = nextCommitteeIndex;
    this.headerForm = headerForm;
  }

  /** Number of the fork in our own formats. */
  int code() {
    return code;
  }

  static BeaconFork byCode(int code) {
    for (BeaconFork fork : values()) {
      if (fork.code == code) {
        return fork;
      }
    }
    throw new DecodeException("no fork number " + code);
  }

  /** Generalized index of {@code finalized_checkpoint.root} in the beacon state. */
  public long finalizedRootIndex() {
    return finalizedRootIndex;
  }

  /** Generalized index of {@code current_sync_committee} in the beacon state. */
  public long currentCommitteeIndex() {
    return currentCommitteeIndex;
  }

  /** Generalized index of {@code next_sync_committee} in the beacon state. */
  public long nextCommitteeIndex() {
    return nextCommitteeIndex;
  }

  public HeaderForm headerForm() {
    return headerForm;
  }

  /** Nodes of the finality branch in containers of this fork. */
  public int finalityDepth() {
    return SszBranch.depth(finalizedRootIndex);
  }

  /** Nodes of the branch of the current committee in containers of this fork. */
  public int currentCommitteeDepth() {
    return SszBranch.depth(currentCommitteeIndex);
  }

  /** Nodes of the branch of the next committee in containers of this fork. */
  public int nextCommitteeDepth() {
    return SszBranch.depth(nextCommitteeIndex);
  }

  /**
   * The first fork with containers of this fork's layout. Messages name it, so that one container
   * has one name.
   */
  public BeaconFork container() {
    for (BeaconFork fork : values()) {
      if (fork != PHASE0
          && fork.headerForm == headerForm
          && fork.nextCommitteeIndex == nextCommitteeIndex) {
        return fork;
      }
    }
    return this;
  }

  /** The first fork whose headers have this form. */
  static BeaconFork of(HeaderForm form) {
    for (BeaconFork fork : values()) {
      if (fork.headerForm == form) {
        return fork.container();
      }
    }
    throw new IllegalArgumentException("a form of no fork");
  }

  public boolean isAtLeast(BeaconFork other) {
    return compareTo(other) >= 0;
  }

  /** Lower-case name, as the Beacon API and the specifications write it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<BeaconFork> byId(String id) {
    for (BeaconFork fork : values()) {
      if (fork.id().equals(id)) {
        return Optional.of(fork);
      }
    }
    return Optional.empty();
  }
}
