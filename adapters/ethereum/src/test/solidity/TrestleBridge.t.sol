// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RelayLightClient} from "../../main/solidity/RelayLightClient.sol";
import {TrestleBridge} from "../../main/solidity/TrestleBridge.sol";
import {WrappedAsset} from "../../main/solidity/WrappedAsset.sol";
import {BridgeFixture} from "./BridgeFixture.sol";

contract TrestleBridgeTest is BridgeFixture {
    address private constant ALICE = address(0xA11CE);

    event PacketReceived(bytes32 indexed packetId, bool success);
    event TransferSent(
        bytes32 indexed lane,
        uint64 indexed sequence,
        bytes32 indexed assetId,
        address sender,
        uint256 amount,
        bytes recipient
    );

    function setUp() public {
        prepare();
    }

    function good(uint64 sequence) private view returns (TrestleBridge.PacketFields memory) {
        return packetOf(sequence, transferOf(BTC, 50_000, ALICE));
    }

    function test_mintsWhatAPacketCarries() public {
        TrestleBridge.PacketFields memory packet = good(1);
        assertEq(bridge.packetId(packet), idOf(packet));
        vm.expectEmit(true, true, true, true, address(bridge));
        emit PacketReceived(idOf(packet), true);
        deliver(packet);
        assertEq(token(BTC).balanceOf(ALICE), 50_000);
        assertEq(token(BTC).totalSupply(), 50_000);
        assertEq(bridge.executed(idOf(packet)), 1);
        // what a storage proof will look at
        assertEq(uint256(vm.load(address(bridge), keccak256(abi.encode(idOf(packet), uint256(0))))), 1);
    }

    function test_executesAPacketOnce() public {
        TrestleBridge.PacketFields memory packet = good(1);
        deliver(packet);
        bytes memory header = headerOf(rootOf(oneLeaf(idOf(packet))));
        bytes memory certificate = certify(header, HEIGHT, validatorKeys, 0xe);
        vm.expectRevert(abi.encodeWithSelector(TrestleBridge.AlreadyExecuted.selector, idOf(packet)));
        bridge.receivePacket(header, certificate, validators, packet, 0, 1, new bytes32[](0));
        assertEq(token(BTC).totalSupply(), 50_000);
    }

    function expectRefusal(TrestleBridge.PacketFields memory packet, bytes memory reason) private {
        bytes memory header = headerOf(rootOf(oneLeaf(idOf(packet))));
        bytes memory certificate = certify(header, HEIGHT, validatorKeys, 0x7);
        vm.expectRevert(reason);
        bridge.receivePacket(header, certificate, validators, packet, 0, 1, new bytes32[](0));
        assertEq(token(BTC).totalSupply() + token(LTC).totalSupply(), 0);
        assertEq(bridge.executed(idOf(packet)), 0);
    }

    function test_refusesAnotherLane() public {
        TrestleBridge.PacketFields memory packet = good(1);
        packet.lane = keccak256("lane");
        expectRefusal(packet, abi.encodeWithSelector(TrestleBridge.UnknownLane.selector, packet.lane));
        // the same application on another bridge contract
        packet.lane = laneOf(TrestleBridge(address(0xb41d6e)));
        expectRefusal(packet, abi.encodeWithSelector(TrestleBridge.UnknownLane.selector, packet.lane));
    }

    function test_refusesAnotherPolicy() public {
        TrestleBridge.PacketFields memory packet = good(1);
        packet.policyHash = keccak256("1 of 1");
        expectRefusal(packet, abi.encodeWithSelector(TrestleBridge.WrongPolicy.selector, packet.policyHash));
        // the policy of the other lane
        packet.policyHash = keccak256("other policy");
        expectRefusal(packet, abi.encodeWithSelector(TrestleBridge.WrongPolicy.selector, packet.policyHash));
    }

    function test_refusesFromTheTimeoutOn() public {
        TrestleBridge.PacketFields memory packet = good(1);
        vm.warp(TIMEOUT);
        expectRefusal(packet, abi.encodeWithSelector(TrestleBridge.PacketExpired.selector));
        vm.warp(TIMEOUT - 1);
        deliver(packet);
        packet = good(2);
        packet.timeoutClock = 2;
        packet.timeout = 900;
        vm.roll(899);
        deliver(packet);
        packet.sequence = 3;
        vm.roll(900);
        bytes memory header = headerOf(rootOf(oneLeaf(idOf(packet))));
        bytes memory certificate = certify(header, HEIGHT, validatorKeys, 0x7);
        vm.expectRevert(TrestleBridge.PacketExpired.selector);
        bridge.receivePacket(header, certificate, validators, packet, 0, 1, new bytes32[](0));
    }

    function test_refusesClocksAndGroupsThatItCannotKeep() public {
        TrestleBridge.PacketFields memory packet = good(1);
        packet.timeoutClock = 3;
        expectRefusal(packet, abi.encodeWithSelector(TrestleBridge.UnsupportedPacket.selector));
        packet = good(1);
        packet.groupHash = keccak256("group");
        expectRefusal(packet, abi.encodeWithSelector(TrestleBridge.UnsupportedPacket.selector));
        packet = good(0);
        expectRefusal(packet, abi.encodeWithSelector(TrestleBridge.PacketMalformed.selector));
        packet = good(1);
        packet.payloads = new TrestleBridge.Payload[](0);
        expectRefusal(packet, abi.encodeWithSelector(TrestleBridge.PacketMalformed.selector));
        packet.payloads = new TrestleBridge.Payload[](17);
        expectRefusal(packet, abi.encodeWithSelector(TrestleBridge.PacketMalformed.selector));
    }

    function test_refusesABlockWithoutQuorum() public {
        TrestleBridge.PacketFields memory packet = good(1);
        bytes memory header = headerOf(rootOf(oneLeaf(idOf(packet))));
        bytes memory certificate = certify(header, HEIGHT, validatorKeys, 0x3);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.QuorumTooLow.selector, 2, 4));
        bridge.receivePacket(header, certificate, validators, packet, 0, 1, new bytes32[](0));
    }

    function test_refusesAPacketOnAForkOfTheChain() public {
        TrestleBridge.PacketFields memory packet = good(1);
        vm.chainId(1338);
        expectRefusal(packet, abi.encodeWithSelector(TrestleBridge.WrongChain.selector));
        vm.expectRevert(TrestleBridge.WrongChain.selector);
        bridge.burn(btcId, 5_000, hex"0014");
    }

    /// Every leaf of outboxes of all small shapes proves itself and no other leaf or count.
    function testFuzz_outboxProofs(uint8 size, uint8 place, uint8 other) public {
        uint256 n = bound(size, 1, 40);
        uint256 index = bound(place, 0, n - 1);
        TrestleBridge.PacketFields memory packet = good(1);
        bytes32[] memory leaves = new bytes32[](n);
        for (uint256 i = 0; i < n; i++) {
            leaves[i] = keccak256(abi.encode("leaf", i));
        }
        leaves[index] = idOf(packet);
        bytes memory header = headerOf(rootOf(leaves));
        bytes memory certificate = certify(header, HEIGHT, validatorKeys, 0x7);
        bytes32[] memory path = pathOf(leaves, index);
        uint256 wrong = bound(other, 0, 63);
        if (wrong != index) {
            vm.expectRevert(abi.encodeWithSelector(TrestleBridge.NotInOutbox.selector, idOf(packet)));
            bridge.receivePacket(header, certificate, validators, packet, uint64(wrong), uint64(n), path);
        }
        if (wrong != n) {
            vm.expectRevert(abi.encodeWithSelector(TrestleBridge.NotInOutbox.selector, idOf(packet)));
            bridge.receivePacket(header, certificate, validators, packet, uint64(index), uint64(wrong), path);
        }
        if (path.length > 0) {
            bytes32[] memory bad = pathOf(leaves, index);
            bad[wrong % bad.length] ^= bytes32(uint256(1));
            vm.expectRevert(abi.encodeWithSelector(TrestleBridge.NotInOutbox.selector, idOf(packet)));
            bridge.receivePacket(header, certificate, validators, packet, uint64(index), uint64(n), bad);
        }
        bytes32[] memory longer = new bytes32[](path.length + 1);
        for (uint256 i = 0; i < path.length; i++) {
            longer[i] = path[i];
        }
        vm.expectRevert(abi.encodeWithSelector(TrestleBridge.NotInOutbox.selector, idOf(packet)));
        bridge.receivePacket(header, certificate, validators, packet, uint64(index), uint64(n), longer);
        bridge.receivePacket(header, certificate, validators, packet, uint64(index), uint64(n), path);
        assertEq(token(BTC).balanceOf(ALICE), 50_000);
    }

    /// No field of a packet can be changed under a proof.
    function testFuzz_noFieldCanBeChanged(uint8 field, uint64 noise) public {
        TrestleBridge.PacketFields memory packet = good(1);
        bytes memory header = headerOf(rootOf(oneLeaf(idOf(packet))));
        bytes memory certificate = certify(header, HEIGHT, validatorKeys, 0x7);
        bytes32 id = idOf(packet);
        uint256 which = field % 9;
        if (which == 0) packet.sequence = 2 + (noise >> 1);
        if (which == 1) packet.finality = uint32(noise);
        if (which == 2) packet.timeout = TIMEOUT + 1 + (noise >> 1);
        if (which == 3) packet.feeHash = keccak256(abi.encode(noise));
        if (which == 4) packet.payloads[0].dstPort = abi.encode(noise);
        if (which == 5) packet.payloads[0].value = abi.encode(sha256(bytes(BTC)), 50_001 + uint256(noise), ALICE, 0);
        if (which == 6) packet.payloads[0] = transferOf(BTC, 50_000, address(uint160(noise)));
        if (which == 7) packet.payloads[0].encoding = "trestle/transfe";
        if (which == 8) {
            TrestleBridge.Payload memory first = packet.payloads[0];
            packet.payloads = new TrestleBridge.Payload[](2);
            packet.payloads[0] = first;
            packet.payloads[1] = first;
        }
        vm.assume(idOf(packet) != id);
        vm.expectRevert(abi.encodeWithSelector(TrestleBridge.NotInOutbox.selector, idOf(packet)));
        bridge.receivePacket(header, certificate, validators, packet, 0, 1, new bytes32[](0));
    }

    function expectFailure(uint64 sequence, TrestleBridge.Payload memory payload) private {
        TrestleBridge.PacketFields memory packet = packetOf(sequence, payload);
        vm.expectEmit(true, true, true, true, address(bridge));
        emit PacketReceived(idOf(packet), false);
        deliver(packet);
        assertEq(bridge.executed(idOf(packet)), 2);
        assertEq(token(BTC).totalSupply() + token(LTC).totalSupply(), 0);
    }

    function test_answersPoisonedPayloadsWithFailure() public {
        TrestleBridge.Payload memory payload = transferOf(BTC, 1, ALICE);
        payload.kind = 1;
        expectFailure(1, payload);
        payload = transferOf(BTC, 1, ALICE);
        payload.encoding = "other";
        expectFailure(2, payload);
        payload = transferOf(BTC, 1, ALICE);
        payload.version = "2";
        expectFailure(3, payload);
        payload.version = "1";
        payload.value = new bytes(127);
        expectFailure(4, payload);
        expectFailure(5, transferOf("eip155:1/slip44:60", 1, ALICE));
        expectFailure(6, transferOf(BTC, 0, ALICE));
        expectFailure(7, transferOf(BTC, uint256(type(uint128).max) + 1, ALICE));
        expectFailure(8, transferOf(BTC, 1, address(0)));
        expectFailure(9, transferOf(BTC, 1, address(bridge)));
        expectFailure(10, transferOf(BTC, 1, address(token(BTC))));
        payload = transferOf(BTC, 1, ALICE);
        payload.value[64] = 0x01; // a recipient of more than 20 bytes
        expectFailure(11, payload);
        // an asset of the other lane: Litecoin's custodians cannot mint bitcoin, nor the other way
        expectFailure(12, transferOf(LTC, 1, ALICE));
    }

    function test_allPayloadsOrNone() public {
        TrestleBridge.PacketFields memory packet = good(1);
        packet.payloads = new TrestleBridge.Payload[](2);
        packet.payloads[0] = transferOf(BTC, 70, ALICE);
        packet.payloads[1] = transferOf(BTC, 0, ALICE);
        deliver(packet);
        assertEq(bridge.executed(idOf(packet)), 2);
        assertEq(token(BTC).totalSupply(), 0);
        packet.sequence = 2;
        packet.payloads[1] = transferOf(BTC, 5, address(0xb0b));
        deliver(packet);
        assertEq(bridge.executed(idOf(packet)), 1);
        assertEq(token(BTC).balanceOf(ALICE), 70);
        assertEq(token(BTC).balanceOf(address(0xb0b)), 5);
    }

    /// A deliverer who gives too little gas can only fail himself, never the packet.
    function testFuzz_gasCannotPoisonAPacket(uint32 gasGiven) public {
        TrestleBridge.PacketFields memory packet = good(1);
        bytes memory header = headerOf(rootOf(oneLeaf(idOf(packet))));
        bytes memory certificate = certify(header, HEIGHT, validatorKeys, 0x7);
        bytes32[] memory none = new bytes32[](0);
        bytes memory call =
            abi.encodeCall(bridge.receivePacket, (header, certificate, validators, packet, 0, 1, none));
        (bool done,) = address(bridge).call{gas: bound(gasGiven, 1_000, 400_000)}(call);
        assertEq(bridge.executed(idOf(packet)), done ? 1 : 0);
        assertEq(token(BTC).balanceOf(ALICE), done ? 50_000 : 0);
    }

    function test_burnsAndNumbersTheWayBack() public {
        deliver(good(1));
        (, bytes32 lane, bytes32 back, uint256 minBurn) = bridge.assetOf(sha256(bytes(BTC)));
        assertEq(lane, laneOf(bridge));
        assertEq(minBurn, 1_000);
        assertEq(
            back,
            sha256(
                abi.encodePacked(
                    sha256("eip155:1337"),
                    sha256(abi.encodePacked(bridge)),
                    sha256("bip122:0f9188f13cb7b2c71f2a335e3a4fc328"),
                    sha256(COMMITTEE),
                    uint8(1)
                )
            )
        );
        bytes memory script = hex"00140102030405060708090a0b0c0d0e0f1011121314";
        vm.expectEmit(true, true, true, true, address(bridge));
        emit TransferSent(back, 1, sha256(bytes(BTC)), ALICE, 20_000, script);
        vm.prank(ALICE);
        assertEq(bridge.burn(btcId, 20_000, script), 1);
        vm.prank(ALICE);
        assertEq(bridge.burn(btcId, 30_000, script), 2);
        assertEq(token(BTC).totalSupply(), 0);
        assertEq(bridge.lastSent(back), 2);
    }

    function test_refusesBurnsThatCannotBePaidOut() public {
        deliver(good(1));
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(TrestleBridge.AmountTooSmall.selector, 999, 1_000));
        bridge.burn(btcId, 999, hex"0014");
        vm.prank(ALICE);
        vm.expectRevert(TrestleBridge.BadRecipient.selector);
        bridge.burn(btcId, 5_000, "");
        vm.prank(ALICE);
        vm.expectRevert(TrestleBridge.BadRecipient.selector);
        bridge.burn(btcId, 5_000, new bytes(129));
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(WrappedAsset.InsufficientBalance.selector, ALICE, 50_000, 50_001));
        bridge.burn(btcId, 50_001, hex"0014");
        vm.expectRevert(abi.encodeWithSelector(TrestleBridge.UnknownAsset.selector, bytes32(uint256(1))));
        bridge.burn(bytes32(uint256(1)), 5_000, hex"0014");
        vm.expectRevert(abi.encodeWithSelector(TrestleBridge.AmountTooSmall.selector, 0, 0));
        bridge.burn(ltcId, 0, hex"0014");
        assertEq(bridge.lastSent(laneOf(bridge)), 0);
    }

    function test_onlyTheBridgeMintsAndBurns() public {
        WrappedAsset btc = token(BTC);
        vm.expectRevert(WrappedAsset.OnlyBridge.selector);
        btc.mint(ALICE, 1);
        vm.expectRevert(WrappedAsset.OnlyBridge.selector);
        btc.burn(ALICE, 1);
    }

    function test_wrappedTokensMoveLikeAnyOther() public {
        deliver(good(1));
        WrappedAsset btc = token(BTC);
        vm.prank(ALICE);
        btc.transfer(address(0xb0b), 10_000);
        vm.prank(ALICE);
        btc.approve(address(this), 5_000);
        btc.transferFrom(ALICE, address(0xca401), 4_000);
        assertEq(btc.balanceOf(ALICE), 36_000);
        assertEq(btc.allowance(ALICE, address(this)), 1_000);
        vm.expectRevert(
            abi.encodeWithSelector(WrappedAsset.InsufficientAllowance.selector, address(this), 1_000, 1_001)
        );
        btc.transferFrom(ALICE, address(0xca401), 1_001);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(WrappedAsset.BadReceiver.selector, address(bridge)));
        btc.transfer(address(bridge), 1);
        vm.prank(ALICE);
        btc.transfer(ALICE, 36_000);
        assertEq(btc.balanceOf(ALICE), 36_000);
        assertEq(btc.totalSupply(), 50_000);
    }

    function test_deliversAcrossAHandOverThroughTheBridge() public {
        uint256[] memory nextKeys = keys(7, 5);
        address[] memory next = addresses(nextKeys);
        bytes memory last = encode(Head(HEIGHT, 0, setHash(validators), setHash(next), 0));
        bridge.updateValidators(last, certify(last, HEIGHT, validatorKeys, 0x7), validators, next);
        TrestleBridge.PacketFields memory packet = good(1);
        bytes memory header =
            encode(Head(HEIGHT + 1, 1, setHash(next), setHash(next), rootOf(oneLeaf(idOf(packet)))));
        bytes memory certificate = certify(header, HEIGHT + 1, nextKeys, 0x1f);
        bridge.receivePacket(header, certificate, next, packet, 0, 1, new bytes32[](0));
        assertEq(token(BTC).balanceOf(ALICE), 50_000);
    }

    function test_refusesConfigurationsThatContradictThemselves() public {
        TrestleBridge.LaneConfig[] memory none = new TrestleBridge.LaneConfig[](0);
        vm.expectRevert(TrestleBridge.BadConfiguration.selector);
        new TrestleBridge(client, none);
        TrestleBridge.LaneConfig[] memory twice = lanes();
        twice[1] = twice[0];
        vm.expectRevert(TrestleBridge.BadConfiguration.selector);
        new TrestleBridge(client, twice);
        TrestleBridge.LaneConfig[] memory sameAsset = lanes();
        sameAsset[1].assets[0].origin = BTC;
        vm.expectRevert(TrestleBridge.BadConfiguration.selector);
        new TrestleBridge(client, sameAsset);
        TrestleBridge.LaneConfig[] memory noPolicy = lanes();
        noPolicy[0].policyHash = 0;
        vm.expectRevert(TrestleBridge.BadConfiguration.selector);
        new TrestleBridge(client, noPolicy);
    }
}
