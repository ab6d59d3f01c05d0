package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.evm.EvmFixture;
import dev.trestle.lightclient.evm.EvmPath;
import dev.trestle.lightclient.evm.EvmProof;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One value of every format of this family. */
final class Formats {
  private Formats() {}

  static Map<String, Bytes> all() {
    BeaconFixture chain =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.GLOAS), "golden");
    EthereumAnchor anchor = chain.anchor(72, new Profile(false, true, 900), 1_209_600);
    CanonicalWriter settings = new CanonicalWriter();
    anchor.settings().write(settings);
    Map<String, Bytes> all = new TreeMap<>();
    all.put("settings", settings.toBytes());
    all.put("anchor", anchor.encode());
    all.put("updateGloas", chain.plan(88).finalizing(80).withCommittee().message());
    BeaconFixture electra =
        new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "golden");
    all.put("finalityElectra", electra.plan(88).finalizing(80).message());
    all.put("evidence", Misbehaviour.encode(List.of(Bytes.fromHex("01"), Bytes.fromHex("0203"))));
    EvmAddress address = EvmFixture.CONTRACT;
    all.put("pathLog", new EvmPath.Log(150, address, 3, 2).encode());
    all.put("pathAccount", new EvmPath.Account(150, address).encode());
    all.put("pathStorage", new EvmPath.Storage(150, address, EvmFixture.USED_SLOT).encode());
    all.put(
        "proof",
        new EvmProof(
                152,
                List.of(Bytes.fromHex("aa"), Bytes.fromHex("bbcc")),
                List.of(Bytes.fromHex("dd")),
                List.of())
            .encode());
    CanonicalWriter block = new CanonicalWriter();
    new FinalBlock(7, Hash32.fromHex("ab".repeat(32)), Optional.empty()).write(block);
    all.put("finalBlock", block.toBytes());
    roundTrips(anchor, all);
    return all;
  }

  private static void roundTrips(EthereumAnchor anchor, Map<String, Bytes> all) {
    boolean same =
        EthereumAnchor.decode(anchor.encode()).equals(anchor)
            && CanonicalReader.decode(all.getOrDefault("finalBlock", Bytes.EMPTY), FinalBlock::read)
                    .slot()
                == 7;
    if (!same) {
      throw new AssertionError("a format does not read back");
    }
  }
}
