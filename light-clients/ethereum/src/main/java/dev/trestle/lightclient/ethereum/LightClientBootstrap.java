package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.BlsPublicKey;
import dev.trestle.lightclient.ethereum.BeaconFork.HeaderForm;
import dev.trestle.proofs.ssz.SszReader;
import dev.trestle.proofs.ssz.SszWriter;
import java.util.List;

/**
 * {@code LightClientBootstrap} (altair/light-client/sync-protocol.md): a header and the committee
 * of its state, to begin with.
 */
public record LightClientBootstrap(
    LightClientHeader header, SyncCommittee committee, List<Hash32> committeeBranch) {
  public LightClientBootstrap {
    committeeBranch = List.copyOf(committeeBranch);
  }

  /** Largest serialised size in bytes. */
  public static int maxSize(BeaconFork container, Preset preset) {
    return LightClientHeader.maxSize(container.headerForm())
        + 4
        + (preset.committeeSize() + 1) * BlsPublicKey.SIZE
        + 32 * container.currentCommitteeDepth();
  }

  /**
   * @param container fork whose containers the bytes follow
   * @throws DecodeException unless {@code encoded} is exactly one bootstrap
   */
  public static LightClientBootstrap decode(Bytes encoded, BeaconFork container, Preset preset) {
    if (encoded.size() > maxSize(container, preset)) {
      throw new DecodeException("a bootstrap of " + encoded.size() + " bytes");
    }
    return SszReader.decode(encoded, in -> read(in, container, preset));
  }

  private static LightClientBootstrap read(SszReader in, BeaconFork container, Preset preset) {
    HeaderForm form = container.headerForm();
    boolean variable = LightClientHeader.isVariable(form);
    int size = LightClientHeader.maxSize(form);
    Bytes header = LightClientUpdate.headerOrOffset(in, variable, size);
    SyncCommittee committee = SyncCommittee.read(in, preset);
    List<Hash32> branch = in.hashes(container.currentCommitteeDepth());
    return new LightClientBootstrap(
        LightClientHeader.decode(variable ? in.part(size) : header, form), committee, branch);
  }

  public Bytes encode() {
    SszWriter out = new SszWriter();
    LightClientUpdate.writeHeader(out, header, LightClientHeader.isVariable(header.form()));
    committee.write(out);
    return out.hashes(committeeBranch).toBytes();
  }
}
