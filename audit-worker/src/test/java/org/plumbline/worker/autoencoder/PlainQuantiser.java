package org.plumbline.worker.autoencoder;

import org.plumbline.core.tensor.FloatTensor;

import java.util.List;

/** One update of a codebook in plain loops: the oracle of the native one. */
@SuppressWarnings("ArrayRecordComponent")
record PlainQuantiser(
        double commitment, double perplexity, float[] codebook, float[] sizes, float[] sums) {
    static PlainQuantiser of(FloatTensor z, List<FloatTensor> buffers) {
        float[] book = buffers.get(0).values();
        int codes = buffers.get(0).extent(0);
        int embedding = buffers.get(0).extent(1);
        int area = z.extent(2) * z.extent(3);
        int places = z.rows() * area;
        double[] found = new double[codes];
        double[][] members = new double[codes][embedding];
        double squares = 0;
        for (int place = 0; place < places; place++) {
            double[] value = new double[embedding];
            for (int e = 0; e < embedding; e++) {
                value[e] = z.values()[(place / area * embedding + e) * area + place % area];
            }
            int nearest = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int code = 0; code < codes; code++) {
                double distance = 0;
                for (int e = 0; e < embedding; e++) {
                    double difference = value[e] - book[code * embedding + e];
                    distance += difference * difference;
                }
                if (distance < least) {
                    least = distance;
                    nearest = code;
                }
            }
            squares += least;
            found[nearest]++;
            for (int e = 0; e < embedding; e++) {
                members[nearest][e] += value[e];
            }
        }
        double entropy = 0;
        double total = 0;
        double[] raw = new double[codes];
        for (int code = 0; code < codes; code++) {
            double share = found[code] / places;
            entropy -= share * Math.log(share + 1e-10);
            raw[code] = buffers.get(1).values()[code] * 0.99 + found[code] * 0.01;
            total += raw[code];
        }
        float[] sizes = new float[codes];
        float[] sums = new float[codes * embedding];
        float[] codebook = new float[codes * embedding];
        for (int code = 0; code < codes; code++) {
            sizes[code] = (float) ((raw[code] + 1e-5) / (total + codes * 1e-5) * total);
            for (int e = 0; e < embedding; e++) {
                int i = code * embedding + e;
                double sum = buffers.get(2).values()[i] * 0.99 + members[code][e] * 0.01;
                sums[i] = (float) sum;
                codebook[i] = (float) (sum / sizes[code]);
            }
        }
        return new PlainQuantiser(
                squares / places / embedding, Math.exp(entropy), codebook, sizes, sums);
    }
}
