package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.Optional;

/**
 * The weak-subjectivity anchor of a client: a block root that its operators trust, which they take
 * from at least two independent sources, and the bootstrap that follows from it.
 *
 * <p>Canonical bytes: {@code settings | b32 trustedRoot | u8 fork | bytes bootstrap | optional
 * bytes executionHeader}. The bootstrap is the SSZ object in the containers of the fork; the RLP of
 * its execution block's header is needed from Gloas on only.
 *
 * @param trustedRoot root of a finalized beacon block, not older than the trusting period
 * @param container see {@link BeaconFork#container}
 */
public record EthereumAnchor(
    Settings settings,
    Hash32 trustedRoot,
    BeaconFork container,
    Bytes bootstrap,
    Optional<Bytes> executionHeader) {
  /**
   * What stays the same for the life of a client. Canonical bytes: {@code u8 version = 1 | text
   * chain | u8 preset | b32 genesisValidatorsRoot | u8 forks | (u8 fork | u64 epoch | 4 bytes
   * version) each | u64 genesisTime | u32 secondsPerSlot | bool forceUpdates | bool supermajority |
   * u16 floorPerMille | u64 trustingPeriodSeconds}.
   *
   * @param chain CAIP-2 id of the execution layer
   * @param profile with two thirds for every update and without forced updates: whatever a client
   *     holds, it calls final
   * @param trustingPeriodSeconds after which a client without update is not trusted any more
   */
  public record Settings(
      ChainId chain, BeaconNetwork network, Profile profile, long trustingPeriodSeconds) {
    /**
     * 3,532 epochs: the weak-subjectivity period of mainnet with 8.4 million ETH at stake and a
     * safety decay of 10 % (electra/weak-subjectivity.md).
     */
    public static final long MAX_TRUSTING_PERIOD = 3_532L * 32 * 12;

    /** Two weeks. */
    public static final long DEFAULT_TRUSTING_PERIOD = 14L * 86_400;

    private static final int VERSION = 1;
    private static final int MAX_CHAIN_TEXT = 41;

    public Settings {
      if (!profile.supermajority() || profile.forceUpdates()) {
        throw new IllegalArgumentException("a profile under which fewer than two thirds decide");
      }
      if (trustingPeriodSeconds < 1 || trustingPeriodSeconds > MAX_TRUSTING_PERIOD) {
        throw new IllegalArgumentException("trusting period out of (0, 3532 epochs]");
      }
    }

    void write(CanonicalWriter out) {
      out.u8(VERSION).text(chain.toString());
      network.write(out);
      out.bool(profile.forceUpdates()).bool(profile.supermajority());
      out.u16(profile.floorPerMille()).u64(trustingPeriodSeconds);
    }

    static Settings read(CanonicalReader in) {
      int version = in.u8();
      if (version != VERSION) {
        throw new DecodeException("anchor version " + version);
      }
      ChainId chain = ChainId.parse(in.text(MAX_CHAIN_TEXT));
      BeaconNetwork network = BeaconNetwork.read(in);
      Profile profile = new Profile(in.bool(), in.bool(), in.u16());
      return new Settings(chain, network, profile, in.u64());
    }
  }

  public EthereumAnchor {
    if (container != container.container()) {
      throw new IllegalArgumentException("containers of " + container.container().id());
    }
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    settings.write(out);
    out.hash(trustedRoot).u8(container.code()).bytes(bootstrap);
    return out.optional(executionHeader, CanonicalWriter::bytes).toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of an anchor
   */
  public static EthereumAnchor decode(Bytes encoded) {
    return CanonicalReader.decode(encoded, EthereumAnchor::read);
  }

  private static EthereumAnchor read(CanonicalReader in) {
    Settings settings = Settings.read(in);
    Hash32 trustedRoot = in.hash();
    BeaconFork container = BeaconFork.byCode(in.u8());
    int most = LightClientBootstrap.maxSize(container, settings.network().preset());
    return new EthereumAnchor(
        settings,
        trustedRoot,
        container,
        in.bytes(most),
        in.optional(each -> each.bytes(EvmHeader.MAX_SIZE)));
  }
}
