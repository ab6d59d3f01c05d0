package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.Diagnostics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Puts together where a node stands. On the core thread, or after that has stopped. */
final class StatusView {
  private StatusView() {}

  /**
   * @param halted why the node has stopped for good
   */
  static NodeStatus of(NodeAssembly parts, Optional<String> halted) {
    ChainHead head = parts.chain().head();
    TreeSet<EvmAddress> missing = new TreeSet<>();
    parts.chain().validators().members().forEach(member -> missing.add(member.address()));
    Optional<EvmAddress> self = parts.validator().map(v -> v.signer().address());
    self.ifPresent(missing::remove);
    List<NodeStatus.PeerView> peers = peers(parts);
    peers.forEach(peer -> peer.validator().ifPresent(missing::remove));
    Optional<Diagnostics> round = parts.port().diagnostics();
    round.ifPresent(each -> missing.addAll(each.missingRoundChanges()));
    return new NodeStatus(
        parts.genesis().chainId(),
        head.height(),
        head.id(),
        parts.machine().stateRoot(),
        round.map(each -> (long) each.round()).orElse(0L),
        peers,
        List.copyOf(missing),
        parts.desk().size(),
        parts.desk().hasWork(),
        self,
        parts.port().silent(),
        halted,
        parts.port().networkHead(),
        parts.consensus().flatMap(ConsensusDriver::diagnostics),
        parts.validator().map(v -> guard(v.signer())),
        parts.disk().view(),
        parts.store().lowest(),
        parts.port().stalledMs(),
        parts.network().banned());
  }

  private static List<NodeStatus.PeerView> peers(NodeAssembly parts) {
    Map<Hash32, PeerStatus> said = parts.port().sync().statuses();
    List<NodeStatus.PeerView> peers = new ArrayList<>();
    for (Peer peer : parts.loop().peers()) {
      PeerStatus status = said.get(peer.fingerprint());
      peers.add(
          new NodeStatus.PeerView(
              peer.fingerprint(),
              parts.loop().addressOf(peer.fingerprint()),
              peer.remote(),
              status == null ? 0 : status.head()));
    }
    return peers;
  }

  private static NodeStatus.GuardView guard(GuardedSigner signer) {
    return new NodeStatus.GuardView(
        signer.sequence(),
        signer.state().abstainThrough(),
        signer
            .state()
            .last()
            .map(
                last ->
                    new NodeStatus.GuardView.Signed(
                        last.position().height(),
                        last.position().round(),
                        last.position().step().name().toLowerCase(Locale.ROOT))));
  }
}
