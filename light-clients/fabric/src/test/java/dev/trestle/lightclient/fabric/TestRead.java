package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.fabric.protos.EndorsedAction;
import dev.trestle.lightclient.fabric.protos.Endorsement;
import dev.trestle.lightclient.fabric.protos.SignatureHeader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.List;
import java.util.OptionalLong;

/**
 * A question to peers and their answer, each part of which a test may change.
 *
 * @param written block that wrote the key
 * @param marker block that wrote a second key, which is read as well
 * @param value what the function returns
 */
record TestRead(
    int type,
    String channel,
    String chaincode,
    String function,
    String key,
    String asked,
    OptionalLong written,
    OptionalLong marker,
    Bytes value,
    long status,
    boolean writes) {
  static final String NAMESPACE = "bridge";
  static final String FUNCTION = "Read";

  static TestRead present(String channel, String key, long written, long marker, Bytes value) {
    return of(channel, key, OptionalLong.of(written), marker, value);
  }

  static TestRead absent(String channel, String key, long marker) {
    return of(channel, key, OptionalLong.empty(), marker, Bytes.EMPTY);
  }

  private static TestRead of(
      String channel, String key, OptionalLong written, long marker, Bytes value) {
    return new TestRead(
        3,
        channel,
        NAMESPACE,
        FUNCTION,
        key,
        key,
        written,
        OptionalLong.of(marker),
        value,
        200,
        false);
  }

  TestRead withChannel(String other) {
    return new TestRead(
        type, other, chaincode, function, key, asked, written, marker, value, status, writes);
  }

  TestRead withType(int other) {
    return new TestRead(
        other, channel, chaincode, function, key, asked, written, marker, value, status, writes);
  }

  TestRead withChaincode(String other) {
    return new TestRead(
        type, channel, other, function, key, asked, written, marker, value, status, writes);
  }

  TestRead withFunction(String other) {
    return new TestRead(
        type, channel, chaincode, other, key, asked, written, marker, value, status, writes);
  }

  TestRead withAsked(String other) {
    return new TestRead(
        type, channel, chaincode, function, key, other, written, marker, value, status, writes);
  }

  TestRead withStatus(long other) {
    return new TestRead(
        type, channel, chaincode, function, key, asked, written, marker, value, other, writes);
  }

  TestRead writing() {
    return new TestRead(
        type, channel, chaincode, function, key, asked, written, marker, value, status, true);
  }

  TestRead withoutMarker() {
    return new TestRead(
        type,
        channel,
        chaincode,
        function,
        key,
        asked,
        written,
        OptionalLong.empty(),
        value,
        status,
        writes);
  }

  Bytes signatureHeader() {
    Bytes client = new TestMember("Org1MSP", "client", "client").identity().encode();
    return new ProtoWriter()
        .bytes(1, client)
        .bytes(2, Digests.sha256(proposal()).bytes())
        .toBytes();
  }

  private Bytes channelHeader() {
    return new ProtoWriter()
        .varint(1, type)
        .text(4, channel)
        .text(5, SignatureHeader.decode(signatureHeader()).transactionId())
        .bytes(7, new ProtoWriter().message(2, in -> in.text(2, chaincode)).toBytes())
        .toBytes();
  }

  private Bytes proposal() {
    Bytes input = new ProtoWriter().text(1, function).text(1, asked).toBytes();
    Bytes specification =
        new ProtoWriter()
            .varint(1, 1)
            .message(2, in -> in.text(2, chaincode))
            .message(3, input)
            .toBytes();
    return new ProtoWriter()
        .bytes(1, new ProtoWriter().message(1, specification).toBytes())
        .toBytes();
  }

  private static void read(ProtoWriter to, String key, OptionalLong version) {
    to.message(
        1,
        in -> {
          in.text(1, key);
          version.ifPresent(block -> in.message(2, at -> at.varint(1, block).varint(2, 3)));
        });
  }

  private Bytes results() {
    ProtoWriter set = new ProtoWriter();
    read(set, key, written);
    if (marker.isPresent()) {
      read(set, "height", marker);
    }
    if (writes) {
      set.message(3, in -> in.text(1, key).text(3, "changed"));
    }
    return new ProtoWriter()
        .message(2, in -> in.text(1, NAMESPACE).bytes(2, set.toBytes()))
        .toBytes();
  }

  Bytes response() {
    Bytes hash =
        EndorsedAction.proposalHash(channelHeader(), signatureHeader(), proposal()).bytes();
    return response(hash);
  }

  Bytes response(Bytes hash) {
    Bytes action =
        new ProtoWriter()
            .bytes(1, results())
            .message(3, in -> in.varint(1, status).bytes(3, value))
            .message(4, in -> in.text(2, chaincode))
            .toBytes();
    return new ProtoWriter().bytes(1, hash).bytes(2, action).toBytes();
  }

  EndorsedRead proof(Bytes response, List<Endorsement> endorsements) {
    return new EndorsedRead(channelHeader(), signatureHeader(), proposal(), response, endorsements);
  }

  EndorsedRead proof(List<TestMember> endorsers) {
    return proof(
        response(), endorsers.stream().map(each -> endorsement(each, response())).toList());
  }

  static Endorsement endorsement(TestMember endorser, Bytes response) {
    Bytes identity = endorser.identity().encode();
    return new Endorsement(identity, endorser.key().sign(Bytes.concat(response, identity)));
  }
}
