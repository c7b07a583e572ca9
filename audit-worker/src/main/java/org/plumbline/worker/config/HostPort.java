package org.plumbline.worker.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where to listen. Immutable.
 *
 * @param host name or address; IPv6 without brackets
 * @param port 0 to 65535; 0 lets the system choose
 */
public record HostPort(String host, int port) {
    private static final int LARGEST = 65_535;

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if the host is empty or the port out of range
     */
    public HostPort {
        if (host.isBlank() || port < 0 || port > LARGEST) {
            throw new IllegalArgumentException(
                    "address: " + host + ":" + port + " (expected: host:port, port 0 to 65535)");
        }
    }

    /**
     * Parses {@code host:port} or {@code [v6]:port}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            String host = text.substring(0, Math.max(colon, 0)).replaceAll("^\\[|\\]$", "");
            return new HostPort(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("address: " + text + " (expected: host:port)", e);
        }
    }

    /** Returns whether only this machine can reach it; a name that does not resolve is not. */
    public boolean loopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Returns the address to bind. */
    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
