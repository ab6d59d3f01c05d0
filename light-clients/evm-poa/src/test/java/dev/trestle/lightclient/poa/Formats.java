package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.evm.EvmBlock;
import dev.trestle.lightclient.poa.PoaSettings.Consensus;
import dev.trestle.lightclient.poa.PoaState.Position;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One value of every format of this family. */
final class Formats {
  private Formats() {}

  static Map<String, Bytes> all() {
    Map<String, Bytes> all = new TreeMap<>();
    for (Consensus consensus : Consensus.values()) {
      PoaChain chain = new PoaChain(consensus, "golden", 4);
      CanonicalWriter settings = new CanonicalWriter();
      chain.settings(!consensus.isClique()).write(settings);
      all.put("settings" + consensus, settings.toBytes());
    }
    PoaChain chain = BftContractTest.chain(Consensus.QBFT, "golden");
    PoaAnchor anchor = new PoaAnchor(chain.settings(false), chain.header(30));
    all.put("anchor", anchor.encode());
    PoaMessage message = new PoaMessage(List.of(Bytes.fromHex("aa"), Bytes.fromHex("bbcc")));
    all.put("message", message.encode());
    all.put("evidence", Equivocation.encode(List.of(Bytes.fromHex("01"), Bytes.fromHex("0203"))));
    Position position = position(chain);
    CanonicalWriter out = new CanonicalWriter();
    position.write(out);
    all.put("position", out.toBytes());
    boolean same =
        PoaAnchor.decode(anchor.encode()).equals(anchor)
            && PoaMessage.decode(message.encode()).equals(message)
            && CanonicalReader.decode(out.toBytes(), Position::read).equals(position);
    if (!same) {
      throw new AssertionError("a format does not read back");
    }
    return all;
  }

  private static Position position(PoaChain chain) {
    List<EvmAddress> members = chain.addresses(0, 1, 2);
    VoteTally tally =
        VoteTally.of(ValidatorSet.of(members))
            .after(members.get(0), new Vote(chain.addresses(5).getFirst(), true), false)
            .after(members.get(1), new Vote(members.get(2), false), false);
    Hash32 hash = Hash32.fromHex("cd".repeat(32));
    return new Position(
        new EvmBlock(150, hash, hash, hash, 1_600_000_000),
        tally,
        Optional.of(ValidatorSet.of(chain.addresses(0, 1))),
        members);
  }
}
