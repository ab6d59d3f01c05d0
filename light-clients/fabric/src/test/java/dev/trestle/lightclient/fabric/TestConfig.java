package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.fabric.protos.ChannelHeader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Encodes configurations and policies as Fabric does. */
final class TestConfig {
  private TestConfig() {}

  /** {@code common.Config} of a BFT channel. */
  static Bytes bft(long sequence, List<TestMember> consenters, List<String> organisations) {
    ProtoWriter mapping = new ProtoWriter();
    for (int i = 0; i < consenters.size(); i++) {
      TestMember member = consenters.get(i);
      long number = i + 1L;
      mapping.message(
          1, to -> to.varint(1, number).text(4, member.msp()).bytes(5, member.certificate()));
    }
    return config(sequence, "BFT", consenters.getFirst().msp(), mapping.toBytes(), organisations);
  }

  /** {@code common.Config} of a Raft channel in which any orderer of the organisation may sign. */
  static Bytes raft(long sequence, String orderers, List<String> organisations) {
    return config(sequence, "etcdraft", orderers, Bytes.EMPTY, organisations);
  }

  static Bytes config(
      long sequence, String type, String orderers, Bytes mapping, List<String> organisations) {
    return new ProtoWriter()
        .varint(1, sequence)
        .message(
            2,
            channel -> {
              group(
                  channel,
                  "Application",
                  to -> organisations.forEach(each -> group(to, each, in -> msp(in, each))));
              group(
                  channel,
                  "Orderer",
                  to -> {
                    group(
                        to,
                        orderers,
                        in -> {
                          msp(in, orderers);
                          policy(in, "Writers", 1, signed(1, List.of(orderers), 0));
                        });
                    value(to, "ConsensusType", new ProtoWriter().text(1, type).toBytes());
                    value(to, "Orderers", mapping);
                    policy(
                        to,
                        "BlockValidation",
                        3,
                        new ProtoWriter().text(1, "Writers").varint(2, 0).toBytes());
                  });
              value(channel, "HashingAlgorithm", new ProtoWriter().text(1, "SHA256").toBytes());
              value(
                  channel,
                  "BlockDataHashingStructure",
                  new ProtoWriter().varint(1, 0xffff_ffffL).toBytes());
            })
        .toBytes();
  }

  private static void entry(ProtoWriter to, int field, String name, Bytes content) {
    to.message(field, in -> in.text(1, name).message(2, content));
  }

  private static void group(ProtoWriter to, String name, Consumer<ProtoWriter> content) {
    ProtoWriter group = new ProtoWriter();
    content.accept(group);
    entry(to, 2, name, group.toBytes());
  }

  private static void value(ProtoWriter to, String name, Bytes value) {
    entry(to, 3, name, new ProtoWriter().bytes(2, value).text(3, "Admins").toBytes());
  }

  private static void policy(ProtoWriter to, String name, int type, Bytes value) {
    entry(
        to,
        4,
        name,
        new ProtoWriter().message(2, in -> in.varint(1, type).bytes(2, value)).toBytes());
  }

  private static void msp(ProtoWriter to, String name) {
    ProtoWriter units = new ProtoWriter().varint(1, 1);
    List<String> roles = List.of("client", "peer", "admin", "orderer");
    for (int i = 0; i < roles.size(); i++) {
      String unit = roles.get(i);
      units.message(i + 2, in -> in.text(2, unit));
    }
    Bytes content =
        new ProtoWriter()
            .text(1, name)
            .bytes(2, TestMember.root(name).certificate())
            .bytes(11, units.toBytes())
            .toBytes();
    value(to, "MSP", new ProtoWriter().bytes(2, content).toBytes());
  }

  /** {@code n} of members of these organisations, each in a role. */
  static Bytes signed(int n, List<String> organisations, int role) {
    ProtoWriter rules = new ProtoWriter().varint(1, n);
    for (int i = 0; i < organisations.size(); i++) {
      int index = i;
      // A rule is a choice: the number of the first principal is written, too.
      rules.message(
          2, index == 0 ? Bytes.fromHex("0800") : new ProtoWriter().varint(1, index).toBytes());
    }
    ProtoWriter policy = new ProtoWriter().message(2, in -> in.message(2, rules.toBytes()));
    for (String each : organisations) {
      policy.message(
          3, in -> in.message(2, new ProtoWriter().text(1, each).varint(2, role).toBytes()));
    }
    return policy.toBytes();
  }

  /** The only envelope of a configuration block. */
  static List<Bytes> data(String channel, Bytes config) {
    return data(ChannelHeader.CONFIG, channel, config);
  }

  static List<Bytes> data(int type, String channel, Bytes config) {
    Bytes header = new ProtoWriter().varint(1, type).text(4, channel).toBytes();
    Bytes payload =
        new ProtoWriter()
            .message(1, in -> in.bytes(1, header))
            .message(2, new ProtoWriter().message(1, config).toBytes())
            .toBytes();
    return new ArrayList<>(List.of(new ProtoWriter().bytes(1, payload).toBytes()));
  }
}
