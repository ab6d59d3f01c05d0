package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.vectors.VectorFile;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which network a file is about. */
final class NetworkNames {
  private static final List<String> NAMES =
      List.of("mainnet", "testnet3", "testnet4", "signet", "regtest");

  private NetworkNames() {}

  /** The network that the file's name names; one of Litecoin below a folder of that name. */
  static Optional<ChainParameters> in(VectorFile file) {
    String name = file.name().toLowerCase(Locale.ROOT);
    boolean litecoin =
        name.contains("litecoin")
            || file.folders().lastIndexOf("litecoin") > file.folders().lastIndexOf("bitcoin");
    return NAMES.stream()
        .filter(name::contains)
        .findFirst()
        .flatMap(network -> BitcoinNetworks.byId((litecoin ? "litecoin-" : "bitcoin-") + network));
  }

  /** The network whose genesis {@code first} is. */
  static Optional<ChainParameters> ofGenesis(BlockHeader first) {
    return BitcoinNetworks.all().stream()
        .filter(network -> network.genesis().equals(first))
        .findFirst();
  }

  /** The network whose genesis has this id. */
  static Optional<ChainParameters> ofGenesis(Hash32 id) {
    return BitcoinNetworks.all().stream()
        .filter(network -> network.genesis().id().equals(id))
        .findFirst();
  }
}
