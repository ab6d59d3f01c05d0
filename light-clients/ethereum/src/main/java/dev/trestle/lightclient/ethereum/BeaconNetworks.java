package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.ethereum.BeaconNetwork.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The public networks (consensus-specs {@code configs/mainnet.yaml}; {@code metadata/config.yaml}
 * of the eth-clients repositories). Gloas has no date on any of them yet.
 */
public final class BeaconNetworks {
  private static final int SECONDS_PER_SLOT = 12;

  public static final BeaconNetwork MAINNET =
      network(
          "4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95",
          1_606_824_023L,
          List.of(
              "00000000", "01000000", "02000000", "03000000", "04000000", "05000000", "06000000"),
          0,
          74_240,
          144_896,
          194_048,
          269_568,
          364_032,
          411_392);

  public static final BeaconNetwork SEPOLIA =
      network(
          "d8ea171f3c94aea21ebc42a1ed61052acf3f9209c00e4efbaaddac09ed9b8078",
          1_655_733_600L,
          List.of(
              "90000069", "90000070", "90000071", "90000072", "90000073", "90000074", "90000075"),
          0,
          50,
          100,
          56_832,
          132_608,
          222_464,
          272_640);

  public static final BeaconNetwork HOODI =
      network(
          "212f13fc4df078b6cb7db228f1c8307566dcecf900867401a92023d7ba99cb5f",
          1_742_213_400L,
          List.of(
              "10000910", "20000910", "30000910", "40000910", "50000910", "60000910", "70000910"),
          0,
          0,
          0,
          0,
          0,
          2_048,
          50_688);

  private BeaconNetworks() {}

  /** A public network by the name that consensus clients give it. */
  public static Optional<BeaconNetwork> byName(String name) {
    return switch (name) {
      case "mainnet" -> Optional.of(MAINNET);
      case "sepolia" -> Optional.of(SEPOLIA);
      case "hoodi" -> Optional.of(HOODI);
      default -> Optional.empty();
    };
  }

  /** A public network by the CAIP-2 id of its execution layer. */
  public static Optional<BeaconNetwork> byChain(ChainId chain) {
    return switch (chain.toString()) {
      case "eip155:1" -> Optional.of(MAINNET);
      case "eip155:11155111" -> Optional.of(SEPOLIA);
      case "eip155:560048" -> Optional.of(HOODI);
      default -> Optional.empty();
    };
  }

  private static BeaconNetwork network(
      String genesisValidatorsRoot, long genesisTime, List<String> versions, long... epochs) {
    List<Activation> forks = new ArrayList<>();
    for (int i = 0; i < epochs.length; i++) {
      Bytes version = Bytes.fromHex(versions.get(i));
      forks.add(new Activation(BeaconFork.byCode(i), epochs[i], version));
    }
    return new BeaconNetwork(
        Preset.MAINNET,
        Hash32.fromHex(genesisValidatorsRoot),
        forks,
        genesisTime,
        SECONDS_PER_SLOT);
  }
}
