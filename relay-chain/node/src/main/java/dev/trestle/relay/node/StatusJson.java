package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Diagnostics;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@link NodeStatus} as {@code relay_status} answers it. */
final class StatusJson {
  private StatusJson() {}

  static JsonNode of(NodeStatus status) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("chainId", hex(status.chainId()));
    out.put("head", status.head());
    out.put("headId", hex(status.headId()));
    out.put("stateRoot", hex(status.stateRoot()));
    out.put("lowest", status.lowest());
    out.put("round", status.round());
    out.put("networkHead", status.networkHead());
    out.put("stalledMs", status.stalledMs());
    out.put("bannedPeers", status.banned());
    out.put("waitingTransactions", status.waiting());
    out.put("ready", status.isReady());
    status.notReady().ifPresent(reason -> out.put("notReady", reason));
    status.validator().ifPresent(address -> out.put("validator", address.toString()));
    status.silent().ifPresent(reason -> out.put("silent", reason));
    status.halted().ifPresent(reason -> out.put("halted", reason));
    ArrayNode peers = out.putArray("peers");
    for (NodeStatus.PeerView each : status.peers()) {
      ObjectNode peer = peers.addObject();
      peer.put("fingerprint", hex(each.fingerprint()));
      each.validator().ifPresent(address -> peer.put("validator", address.toString()));
      peer.put("remote", each.remote());
      peer.put("head", each.head());
    }
    addresses(out.putArray("missing"), status.missing());
    status.deciding().ifPresent(height -> deciding(out.putObject("deciding"), height));
    status.guard().ifPresent(guard -> guard(out.putObject("guard"), guard));
    ObjectNode disk = out.putObject("disk");
    disk.put("freeBytes", status.disk().freeBytes());
    disk.put("minFreeBytes", status.disk().minFreeBytes());
    disk.put("paused", status.disk().paused());
    return out;
  }

  private static void deciding(ObjectNode out, Diagnostics height) {
    out.put("height", height.height());
    out.put("round", height.round());
    out.put("waitsFor", height.waitsFor().name().toLowerCase(Locale.ROOT));
    out.put("running", height.running());
    out.put("proposer", height.proposer().toString());
    height.proposed().ifPresent(id -> out.put("proposed", hex(id)));
    out.put("preparedRound", height.preparedRound());
    addresses(out.putArray("missingPrepares"), height.missingPrepares());
    addresses(out.putArray("missingCommits"), height.missingCommits());
    addresses(out.putArray("missingRoundChanges"), height.missingRoundChanges());
  }

  private static void guard(ObjectNode out, NodeStatus.GuardView guard) {
    out.put("sequence", guard.sequence());
    out.put("abstainThrough", guard.abstainThrough());
    guard
        .last()
        .ifPresent(
            last -> {
              out.put("height", last.height());
              out.put("round", last.round());
              out.put("step", last.step());
            });
  }

  private static void addresses(ArrayNode out, List<EvmAddress> addresses) {
    addresses.forEach(address -> out.add(address.toString()));
  }

  private static String hex(Hash32 hash) {
    return "0x" + hash.toHex();
  }
}
