// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TestToken} from "./tokens/TestToken.sol";

/// With EIP-2612, unlike real ones without a domain: the digest is all that matters here.
contract PermitToken is TestToken {
    mapping(address => uint256) public nonces;

    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
    {
        require(block.timestamp <= deadline, "late");
        bytes32 digest = keccak256(abi.encode(owner, spender, value, nonces[owner]++, deadline));
        address signer = ecrecover(digest, v, r, s);
        require(signer != address(0) && signer == owner, "not the owner");
        allowance[owner][spender] = value;
        emit Approval(owner, spender, value);
    }
}

/// Takes any call and does nothing, like WETH9: a permit "succeeds".
contract PhantomPermitToken is TestToken {
    fallback() external {}
}

/// Tells the receiver after the transfer, like ERC-777, and lets the sender's side act before it.
contract HookToken is TestToken {
    mapping(address => bytes) private before;
    mapping(address => address) private target;
    bool public entered;

    function setHook(address account, address to, bytes calldata data) external {
        before[account] = data;
        target[account] = to;
    }

    function transfer(address to, uint256 value) external override returns (bool) {
        hook(msg.sender);
        move(msg.sender, to, value);
        hook(to);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external override returns (bool) {
        hook(from);
        allowance[from][msg.sender] -= value;
        move(from, to, value);
        return true;
    }

    function hook(address account) private {
        if (target[account] == address(0)) return;
        address to = target[account];
        target[account] = address(0);
        (entered,) = to.call(before[account]);
    }
}

/// Gains or loses for every holder, like stETH or AMPL.
contract RebasingToken {
    mapping(address => uint256) private shares;
    mapping(address => mapping(address => uint256)) public allowance;
    uint256 private percent = 100;

    function mint(address to, uint256 value) external {
        shares[to] += value;
    }

    function rebase(uint256 percent_) external {
        percent = percent_;
    }

    function balanceOf(address holder) public view returns (uint256) {
        return shares[holder] * percent / 100;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        return true;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        return move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        allowance[from][msg.sender] -= value;
        return move(from, to, value);
    }

    function move(address from, address to, uint256 value) private returns (bool) {
        shares[from] -= value * 100 / percent;
        shares[to] += value * 100 / percent;
        return true;
    }
}

/// Stops all transfers when it is paused, and for single accounts when they are blocked; says so by reverting.
contract PausableToken is TestToken {
    bool private paused;
    mapping(address => bool) private blocked;

    function setPaused(bool value) external {
        paused = value;
    }

    function setBlocked(address account, bool value) external {
        blocked[account] = value;
    }

    function transfer(address to, uint256 value) external override returns (bool) {
        require(!paused && !blocked[to] && !blocked[msg.sender], "stopped");
        move(msg.sender, to, value);
        return true;
    }
}

/// Answers a transfer with half a word.
contract ShortAnswerToken is TestToken {
    function transfer(address to, uint256 value) external override returns (bool) {
        move(msg.sender, to, value);
        assembly ("memory-safe") {
            mstore(0, not(0))
            return(0, 16)
        }
    }
}
