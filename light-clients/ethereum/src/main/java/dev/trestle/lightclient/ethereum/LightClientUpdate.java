package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Bls12381;
import dev.trestle.crypto.BlsPublicKey;
import dev.trestle.lightclient.ethereum.BeaconFork.HeaderForm;
import dev.trestle.proofs.ssz.SszReader;
import dev.trestle.proofs.ssz.SszWriter;
import java.util.List;

/**
 * {@code LightClientUpdate} (altair/light-client/sync-protocol.md). Finality and optimistic updates
 * are updates whose missing parts are empty, which is how the specification processes them.
 *
 * @param attested header that the committee signed
 * @param nextCommittee of the attested state, or empty
 * @param nextCommitteeBranch all zero if there is no next committee
 * @param finalized header that the attested state holds final, or empty
 * @param finalityBranch all zero if there is no finalized header
 * @param signatureSlot unsigned; slot of the block that carries the signature, not trusted
 */
public record LightClientUpdate(
    LightClientHeader attested,
    SyncCommittee nextCommittee,
    List<Hash32> nextCommitteeBranch,
    LightClientHeader finalized,
    List<Hash32> finalityBranch,
    SyncAggregate aggregate,
    long signatureSlot) {
  /** Which parts a serialised update has. */
  public enum Kind {
    UPDATE,
    FINALITY,
    OPTIMISTIC
  }

  public LightClientUpdate {
    nextCommitteeBranch = List.copyOf(nextCommitteeBranch);
    finalityBranch = List.copyOf(finalityBranch);
  }

  /** {@code is_sync_committee_update}. */
  public boolean hasNextCommittee() {
    return !LightClientHeader.allZero(nextCommitteeBranch);
  }

  /** {@code is_finality_update}. */
  public boolean hasFinality() {
    return !LightClientHeader.allZero(finalityBranch);
  }

  LightClientUpdate withFinalized(LightClientHeader header) {
    return new LightClientUpdate(
        attested,
        nextCommittee,
        nextCommitteeBranch,
        header,
        finalityBranch,
        aggregate,
        signatureSlot);
  }

  /** Largest serialised size in bytes. */
  public static int maxSize(BeaconFork container, Preset preset, Kind kind) {
    int header = LightClientHeader.maxSize(container.headerForm()) + 4;
    int common = header + preset.committeeSize() / 8 + Bls12381.SIGNATURE_SIZE + 8;
    int finality = header + 32 * container.finalityDepth();
    int committee =
        (preset.committeeSize() + 1) * BlsPublicKey.SIZE + 32 * container.nextCommitteeDepth();
    return switch (kind) {
      case UPDATE -> common + finality + committee;
      case FINALITY -> common + finality;
      case OPTIMISTIC -> common;
    };
  }

  /**
   * @param container fork whose containers the bytes follow
   * @throws DecodeException unless {@code encoded} is exactly one such update
   */
  public static LightClientUpdate decode(
      Bytes encoded, BeaconFork container, Preset preset, Kind kind) {
    if (encoded.size() > maxSize(container, preset, kind)) {
      throw new DecodeException("an update of " + encoded.size() + " bytes");
    }
    return SszReader.decode(encoded, in -> read(in, container, preset, kind));
  }

  private static LightClientUpdate read(
      SszReader in, BeaconFork container, Preset preset, Kind kind) {
    HeaderForm form = container.headerForm();
    boolean variable = LightClientHeader.isVariable(form);
    int size = LightClientHeader.maxSize(form);
    Bytes attested = headerOrOffset(in, variable, size);
    SyncCommittee next = SyncCommittee.empty(preset);
    List<Hash32> nextBranch = LightClientHeader.zeros(container.nextCommitteeDepth());
    if (kind == Kind.UPDATE) {
      next = SyncCommittee.read(in, preset);
      nextBranch = in.hashes(container.nextCommitteeDepth());
    }
    Bytes finalized = Bytes.EMPTY;
    List<Hash32> finalityBranch = LightClientHeader.zeros(container.finalityDepth());
    if (kind != Kind.OPTIMISTIC) {
      finalized = headerOrOffset(in, variable, size);
      finalityBranch = in.hashes(container.finalityDepth());
    }
    SyncAggregate aggregate = SyncAggregate.read(in, preset);
    long signatureSlot = in.uint64();
    LightClientHeader attestedHeader =
        LightClientHeader.decode(variable ? in.part(size) : attested, form);
    LightClientHeader finalizedHeader =
        kind == Kind.OPTIMISTIC
            ? LightClientHeader.empty(form)
            : LightClientHeader.decode(variable ? in.part(size) : finalized, form);
    return new LightClientUpdate(
        attestedHeader,
        next,
        nextBranch,
        finalizedHeader,
        finalityBranch,
        aggregate,
        signatureSlot);
  }

  static Bytes headerOrOffset(SszReader in, boolean variable, int size) {
    if (variable) {
      in.offset();
      return Bytes.EMPTY;
    }
    return in.bytes(size);
  }

  /** The serialisation in containers of the fork whose header form this update has. */
  public Bytes encode(Kind kind) {
    boolean variable = LightClientHeader.isVariable(attested.form());
    SszWriter out = new SszWriter();
    writeHeader(out, attested, variable);
    if (kind == Kind.UPDATE) {
      nextCommittee.write(out);
      out.hashes(nextCommitteeBranch);
    }
    if (kind != Kind.OPTIMISTIC) {
      writeHeader(out, finalized, variable);
      out.hashes(finalityBranch);
    }
    aggregate.write(out);
    return out.uint64(signatureSlot).toBytes();
  }

  static void writeHeader(SszWriter out, LightClientHeader header, boolean variable) {
    if (variable) {
      out.part(header.encode());
    } else {
      out.bytes(header.encode());
    }
  }
}
