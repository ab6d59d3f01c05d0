package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.LightClientContract;
import dev.trestle.lightclient.contract.Quorums;
import dev.trestle.lightclient.contract.Scenario;
import dev.trestle.lightclient.contract.TrustWindow;
import dev.trestle.lightclient.fabric.protos.Block;
import dev.trestle.lightclient.fabric.protos.BlockHeader;
import dev.trestle.lightclient.fabric.protos.BlockSignatures;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

class FabricContractTest extends LightClientContract {
  static final FabricChain CHAIN = new FabricChain("main", 4);
  private static final int MOST = 600;
  private static final List<TestMember> MEMBERS = FabricChain.consenters("quorum", MOST);

  @Override
  protected LightClient client() {
    return new FabricFamily().client();
  }

  @Override
  protected Scenario scenario() {
    return CHAIN.scenario();
  }

  /** A change of configuration in a channel of many organisations. */
  @Override
  protected List<Scenario> scenariosForMutants() {
    return List.of(new FabricChain("wide", 4, 48).changeOfConfiguration());
  }

  @Override
  protected Bytes foreignAnchor() {
    return new FabricChain("another channel", 4).anchor().encode();
  }

  @Override
  protected List<Forgery> forgeries() {
    return new FabricForgeries(CHAIN).all();
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    return Map.of(Attack.BITS_BEYOND_SET, "no bitmap: signatures name their consenter");
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    long end = FabricChain.NOW + FabricChain.PERIOD;
    return Optional.of(new TrustWindow(end - 1, end));
  }

  @Override
  protected Quorums quorums() {
    return new Quorums.EverySize(FabricContractTest::quorum);
  }

  private static Quorums.Quorum quorum(int size) {
    List<TestMember> members = MEMBERS.subList(0, size);
    List<Bytes> data =
        TestConfig.data(CHAIN.channel, TestConfig.bft(5, members, FabricChain.ORGANISATIONS));
    BlockHeader config =
        new BlockHeader(100, CHAIN.header(100).previousHash(), Block.dataHash(data).bytes());
    Bytes anchor =
        new FabricAnchor(
                CHAIN.rules(),
                FabricChain.NOW,
                new Block(config, data, List.of()),
                Optional.empty())
            .encode();
    if (size < ChannelConfig.MIN_CONSENTERS || size > ChannelConfig.MAX_CONSENTERS) {
      return new Quorums.Quorum.RefusedSize(anchor);
    }
    BlockHeader next = new BlockHeader(101, config.hash().bytes(), CHAIN.header(101).dataHash());
    // ceil((n + f + 1) / 2) of n with f = floor((n - 1) / 3), written out apart from the code.
    int enough = (int) Math.ceil((size + Math.floor((size - 1) / 3.0) + 1) / 2);
    List<BlockSignatures.Signature> signatures =
        IntStream.range(0, enough)
            .mapToObj(i -> FabricChain.byNumber(next, 100, i + 1L, members.get(i)))
            .toList();
    return new Quorums.Quorum.Formed(
        anchor,
        List.of(),
        FabricChain.message(FabricChain.block(next, List.of(), 100, signatures)),
        FabricChain.message(
            FabricChain.block(next, List.of(), 100, signatures.subList(0, enough - 1))),
        RejectionCode.QUORUM_LOW,
        FabricChain.NOW);
  }

  @Override
  protected String goldenStateHash() {
    return "4d6623a2c5e0a9ed160ebe41f0e79c8512ccd49d5b61a6c5b3f75b4c67f76dc3";
  }
}
